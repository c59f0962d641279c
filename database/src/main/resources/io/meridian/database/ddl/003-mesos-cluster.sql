-- What Mesos tells of the cluster itself, as last journalled. From here on the journal has entries of the type
-- mesos-cluster, services have service.mesos-noted.1 and service.instance-missed.1, and instances what only Mesos tells of them.

CREATE TABLE mesos_cluster (
    cluster text   PRIMARY KEY,
    seq_nr  bigint NOT NULL -- of the last event that the tables include
);

CREATE TABLE mesos_fact (
    owner text  PRIMARY KEY, -- of the rows that it gives
    kind  text  NOT NULL,    -- masters, agent or framework
    fact  jsonb NOT NULL
);

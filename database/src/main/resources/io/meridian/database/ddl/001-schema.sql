-- Journal and snapshots of Akka Persistence R2DBC 1.1: names and types as its statements use them.
-- persistence_id is text instead of varchar(255): Marathon's ids have no such bound.

CREATE TABLE event_journal (
    slice              integer     NOT NULL,
    entity_type        text        NOT NULL,
    persistence_id     text        NOT NULL,
    seq_nr             bigint      NOT NULL,
    db_timestamp       timestamptz NOT NULL,
    event_ser_id       integer     NOT NULL,
    event_ser_manifest text        NOT NULL,
    event_payload      bytea       NOT NULL,
    deleted            boolean     NOT NULL DEFAULT false,
    writer             text        NOT NULL,
    adapter_manifest   text,
    tags               text[],
    meta_ser_id        integer,
    meta_ser_manifest  text,
    meta_payload       bytea,
    PRIMARY KEY (persistence_id, seq_nr)
);

CREATE TABLE snapshot (
    slice             integer NOT NULL,
    entity_type       text    NOT NULL,
    persistence_id    text    NOT NULL PRIMARY KEY,
    seq_nr            bigint  NOT NULL,
    write_timestamp   bigint  NOT NULL,
    ser_id            integer NOT NULL,
    ser_manifest      text    NOT NULL,
    snapshot          bytea   NOT NULL,
    meta_ser_id       integer,
    meta_ser_manifest text,
    meta_payload      bytea
);

-- Events that the tables do not include yet. The statement that writes an event adds its row here, and the transaction
-- that projects the event deletes the row (ADR 0030).
CREATE TABLE projection_queue (
    entity_type    text   NOT NULL,
    place          bigint NOT NULL GENERATED ALWAYS AS IDENTITY, -- rises with the events of an entity
    persistence_id text   NOT NULL,
    seq_nr         bigint NOT NULL,
    PRIMARY KEY (entity_type, place)
);

-- Events that cannot be projected. The entity's later events are projected all the same.
CREATE TABLE projection_set_aside (
    entity_type    text        NOT NULL,
    persistence_id text        NOT NULL,
    seq_nr         bigint      NOT NULL,
    event          text        NOT NULL, -- name of the journal entry
    error          text        NOT NULL,
    since          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (persistence_id, seq_nr)
);

-- Meridian's tables. Each commit that changes rows of a table increments the table's revision and logs the changes.

CREATE TABLE meta (
    key   text PRIMARY KEY,
    value text NOT NULL
);
-- Identifies the database: nodes do not compare revisions of different databases.
INSERT INTO meta VALUES ('database-id', gen_random_uuid()::text);

CREATE TABLE table_revision (
    name     text   PRIMARY KEY,
    revision bigint NOT NULL
);
INSERT INTO table_revision VALUES ('zone', 0), ('vip', 0);

-- Rows by owner and changes by revision. Each is one text with a line for each row, because a task has some 14 records
-- (ADR 0024). Tabs separate fields; tab, line feed and backslash are escaped as in PostgreSQL's COPY.

CREATE TABLE zone_rows (
    owner text PRIMARY KEY, -- service id, space, task id; or an owner of mesos_fact
    rows  text NOT NULL     -- zone, name, type, data
);

-- Two kinds of rows. address: name and address. backend: all fields; address, port and protocol of the endpoint,
-- local_address and local_port are empty and 0 if the endpoint works on its own agent too.
CREATE TABLE vip_rows (
    owner text PRIMARY KEY, -- as in zone_rows; the VIP name for its addresses
    rows  text NOT NULL     -- kind, name, protocol, vip_port, address, port, agent, local_address, local_port, state, weight,
                            -- options, agent_address
);

-- Each owner's changes begin with a line of "=" and the owner; "+" precedes an added row, "-" a removed one.
CREATE TABLE zone_changes (
    revision bigint PRIMARY KEY,
    changes  text   NOT NULL
);
CREATE TABLE vip_changes (
    revision bigint PRIMARY KEY,
    changes  text   NOT NULL
);

CREATE TABLE service (
    service       text    PRIMARY KEY,
    definition    jsonb,            -- null while only instances are known
    removed       boolean NOT NULL DEFAULT true, -- a removed service's row stays for its sequence number
    seq_nr        bigint  NOT NULL,              -- of the last event that the tables include
    zone_revision bigint  NOT NULL DEFAULT 0,    -- revision of the zone table at which its rows last changed; 0 for never
    vip_revision  bigint  NOT NULL DEFAULT 0     -- the same of the VIP table
);

CREATE TABLE service_instance (
    service  text  NOT NULL,
    task     text  NOT NULL,
    instance jsonb NOT NULL,
    PRIMARY KEY (service, task)
);

CREATE TABLE vip_pool (
    pool   text   PRIMARY KEY,
    seq_nr bigint NOT NULL -- of the last event that the tables include
);

-- State of the Mesos cluster: sequence number and facts that the tables include.

CREATE TABLE mesos_cluster (
    cluster text   PRIMARY KEY,
    seq_nr  bigint NOT NULL -- of the last event that the tables include
);

CREATE TABLE mesos_fact (
    owner text  PRIMARY KEY, -- owner of the fact's rows in zone_rows
    kind  text  NOT NULL,    -- masters, agent or framework
    fact  jsonb NOT NULL
);

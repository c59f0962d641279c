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
CREATE INDEX event_journal_slice ON event_journal (slice, entity_type, db_timestamp, seq_nr);

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

-- How far projections have read: Akka Projection R2DBC 1.4.

CREATE TABLE akka_projection_offset_store (
    projection_name text    NOT NULL,
    projection_key  text    NOT NULL,
    current_offset  text    NOT NULL,
    manifest        text    NOT NULL,
    mergeable       boolean NOT NULL,
    last_updated    bigint  NOT NULL,
    PRIMARY KEY (projection_name, projection_key)
);

CREATE TABLE akka_projection_timestamp_offset_store (
    projection_name    text        NOT NULL,
    projection_key     text        NOT NULL,
    slice              integer     NOT NULL,
    persistence_id     text        NOT NULL,
    seq_nr             bigint      NOT NULL,
    timestamp_offset   timestamptz NOT NULL,
    timestamp_consumed timestamptz NOT NULL,
    PRIMARY KEY (slice, projection_name, timestamp_offset, persistence_id, seq_nr)
);

CREATE TABLE akka_projection_management (
    projection_name text    NOT NULL,
    projection_key  text    NOT NULL,
    paused          boolean NOT NULL,
    last_updated    bigint  NOT NULL,
    PRIMARY KEY (projection_name, projection_key)
);

-- Our tables. Each commit that changes a table's rows adds one to its revision and logs its changes under it.

CREATE TABLE meta (
    key   text PRIMARY KEY,
    value text NOT NULL
);
-- Tells databases apart: revisions of another one mean nothing to a node.
INSERT INTO meta VALUES ('database-id', gen_random_uuid()::text);

CREATE TABLE table_revision (
    name     text   PRIMARY KEY,
    revision bigint NOT NULL
);
INSERT INTO table_revision VALUES ('zone', 0), ('vip', 0);

CREATE TABLE zone_row (
    owner text NOT NULL, -- service id, blank, task id
    zone  text NOT NULL,
    name  text NOT NULL,
    type  text NOT NULL,
    data  text NOT NULL,
    PRIMARY KEY (owner, zone, name, type, data)
);

CREATE TABLE zone_change (
    revision bigint  NOT NULL,
    position integer NOT NULL,
    added    boolean NOT NULL,
    owner    text    NOT NULL,
    zone     text    NOT NULL,
    name     text    NOT NULL,
    type     text    NOT NULL,
    data     text    NOT NULL,
    PRIMARY KEY (revision, position)
);

-- Two kinds of rows. address: name and address. backend: all columns; address, port and protocol of the endpoint,
-- local_address and local_port are empty and 0 if the endpoint works on its own agent too.
CREATE TABLE vip_row (
    owner         text    NOT NULL, -- empty for an address
    kind          text    NOT NULL,
    name          text    NOT NULL,
    protocol      text    NOT NULL,
    vip_port      integer NOT NULL,
    address       text    NOT NULL,
    port          integer NOT NULL,
    agent         text    NOT NULL,
    local_address text    NOT NULL,
    local_port    integer NOT NULL,
    state         text    NOT NULL,
    weight        integer NOT NULL,
    PRIMARY KEY (owner, kind, name, protocol, vip_port, address, port, agent, local_address, local_port, state, weight)
);

CREATE TABLE vip_change (
    revision      bigint  NOT NULL,
    position      integer NOT NULL,
    added         boolean NOT NULL,
    owner         text    NOT NULL,
    kind          text    NOT NULL,
    name          text    NOT NULL,
    protocol      text    NOT NULL,
    vip_port      integer NOT NULL,
    address       text    NOT NULL,
    port          integer NOT NULL,
    agent         text    NOT NULL,
    local_address text    NOT NULL,
    local_port    integer NOT NULL,
    state         text    NOT NULL,
    weight        integer NOT NULL,
    PRIMARY KEY (revision, position)
);

CREATE TABLE service (
    service       text    PRIMARY KEY,
    definition    jsonb,            -- null while only instances are known
    removed       boolean NOT NULL, -- kept, so that its sequence number stays known
    seq_nr        bigint  NOT NULL, -- of the last event that the tables include
    zone_revision bigint  NOT NULL, -- of the last change of its rows; 0 for never
    vip_revision  bigint  NOT NULL
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

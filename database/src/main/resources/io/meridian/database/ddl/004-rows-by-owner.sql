-- Rows by owner and changes by revision, each one text with a line for each row, instead of a row each: a task has some 14
-- records, which cost most of what a first fill and a restart took. Tabs between fields; tab, line feed and backslash escaped
-- as COPY does. From here on the journal has service.several.1. Nodes that are behind get the whole table once.

CREATE FUNCTION pg_temp.field(value text) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT replace(replace(replace(value, E'\\', E'\\\\'), E'\t', E'\\t'), E'\n', E'\\n') $$;

CREATE TABLE zone_rows (
    owner text PRIMARY KEY, -- service id, blank, task id; or a fact of mesos_fact
    rows  text NOT NULL     -- zone, name, type, data
);
INSERT INTO zone_rows
    SELECT owner, string_agg(concat_ws(E'\t',
        pg_temp.field(zone), pg_temp.field(name), pg_temp.field(type), pg_temp.field(data)) || E'\n', '')
    FROM zone_row GROUP BY owner;

-- Two kinds of rows. address: name and address. backend: all fields; address, port and protocol of the endpoint,
-- local_address and local_port are empty and 0 if the endpoint works on its own agent too.
CREATE TABLE vip_rows (
    owner text PRIMARY KEY, -- empty for addresses
    rows  text NOT NULL     -- kind, name, protocol, vip_port, address, port, agent, local_address, local_port, state, weight,
                            -- options, agent_address
);
INSERT INTO vip_rows
    SELECT owner, string_agg(concat_ws(E'\t',
        kind, pg_temp.field(name), protocol, vip_port, address, port, pg_temp.field(agent), local_address, local_port, state,
        weight, pg_temp.field(options), agent_address) || E'\n', '')
    FROM vip_row GROUP BY owner;

-- A line "=" and the owner goes before its rows; "+" or "-" before a row that came or went.
CREATE TABLE zone_changes (
    revision bigint PRIMARY KEY,
    changes  text   NOT NULL
);
CREATE TABLE vip_changes (
    revision bigint PRIMARY KEY,
    changes  text   NOT NULL
);

DROP FUNCTION pg_temp.field;
DROP TABLE zone_row, zone_change, vip_row, vip_change;

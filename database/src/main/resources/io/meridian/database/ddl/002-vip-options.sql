-- What a task's labels ask of its VIP, as "scheduler=rr drain=60", and where its agent is if that is not the endpoint's address.

ALTER TABLE vip_row
    ADD COLUMN options       text NOT NULL DEFAULT '',
    ADD COLUMN agent_address text NOT NULL DEFAULT '',
    DROP CONSTRAINT vip_row_pkey,
    ADD PRIMARY KEY (owner, kind, name, protocol, vip_port, address, port, agent, local_address, local_port, state, weight, options, agent_address);

ALTER TABLE vip_change
    ADD COLUMN options       text NOT NULL DEFAULT '',
    ADD COLUMN agent_address text NOT NULL DEFAULT '';

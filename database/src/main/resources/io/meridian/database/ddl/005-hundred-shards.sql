-- Services are in 100 shards from here on (ADR 0025). Nothing in the tables is other than before; the version keeps masters that
-- divide services otherwise from starting beside those that don't: two of them would each start the same service.
INSERT INTO meta (key, value) VALUES ('service-shards', '100') ON CONFLICT (key) DO NOTHING;

package io.meridian.projections;

import static io.meridian.projections.Examples.instance;
import static io.meridian.projections.Examples.started;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.database.EmbeddedPostgresExtension;
import io.meridian.database.PostgresSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

@ExtendWith(EmbeddedPostgresExtension.class)
class CommitListenerTest {
    private final ServiceTablesProjection projection =
            new ServiceTablesProjection(Examples.RULES, Examples.SETTINGS);

    private static void awaitRevision(BlockingQueue<Long> told, long revision)
            throws InterruptedException {
        Long next = told.poll(60, TimeUnit.SECONDS);
        while (next != null && next < revision) {
            next = told.poll(60, TimeUnit.SECONDS);
        }
        assertThat(next).isEqualTo(revision);
    }

    @Test
    void listenersHearOfCommitsAfterAReconnect(PostgresSettings settings) throws Exception {
        try (TestDatabase database = new TestDatabase(settings);
                TableStores stores =
                        new TableStores(
                                database.pool,
                                new CommitListener(settings.connections("listener")))) {
            BlockingQueue<Long> zone = new LinkedBlockingQueue<>();
            BlockingQueue<Long> vip = new LinkedBlockingQueue<>();
            stores.zone()
                    .onCommitted(
                            _ -> {
                                throw new IllegalStateException("a bad listener");
                            });
            stores.zone().onCommitted(zone::add);
            stores.vip().onCommitted(vip::add);
            database.apply(
                    projection,
                    database.numbered(started("/a", instance("a.1", "192.0.2.1", 31000))));
            awaitRevision(zone, 1);
            awaitRevision(vip, 1);
            database.run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name"
                            + " = 'listener' AND datname = current_database()");
            database.apply(
                    projection,
                    database.numbered(started("/a", instance("a.2", "192.0.2.1", 31001))));
            awaitRevision(zone, 2);
            database.apply(
                    projection,
                    database.numbered(started("/a", instance("a.3", "192.0.2.1", 31002))));
            awaitRevision(zone, 3);
            awaitRevision(vip, 3);
        }
    }
}

package io.meridian.actors.journal.r2dbc;

import akka.actor.ActorRef;
import akka.actor.ActorSystem;
import akka.testkit.javadsl.TestKit;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.actors.Entities;
import io.meridian.database.PostgresSettings;
import io.meridian.database.R2dbcConfig;

import java.time.Duration;

/**
 * An actor system with one of the two plugins, and a probe with a long timeout, so that only a hang
 * fails.
 */
final class PluginKit implements AutoCloseable {
    /** Akka's own plugin is the control: a requirement that it does not meet is none of Akka's. */
    enum Plugin {
        BATCHED(""),
        AKKA(
                """
                akka.persistence.r2dbc.journal.class = "akka.persistence.r2dbc.journal.R2dbcJournal"
                akka.persistence.r2dbc.snapshot.class = "akka.persistence.r2dbc.snapshot.R2dbcSnapshotStore"
                """);

        private final String settings;

        Plugin(String settings) {
            this.settings = settings;
        }
    }

    private static final Duration DEADLINE = Duration.ofMinutes(1);

    final ActorSystem system;

    PluginKit(Plugin plugin, PostgresSettings database) {
        Config config =
                ConfigFactory.parseString(
                                plugin.settings
                                        + "\nakka.loggers = [\"akka.event.slf4j.Slf4jLogger\"]")
                        .withFallback(R2dbcConfig.of(database))
                        .withFallback(Entities.akka())
                        .withFallback(ConfigFactory.load());
        system = ActorSystem.create("PluginKit", config.resolve());
    }

    TestKit probe() {
        return new TestKit(system);
    }

    /** Sends a request and returns its first reply. */
    <T> T ask(ActorRef to, Object request, Class<T> reply) {
        TestKit probe = probe();
        to.tell(request, probe.getRef());
        return probe.expectMsgClass(DEADLINE, reply);
    }

    static <T> T next(TestKit probe, Class<T> message) {
        return probe.expectMsgClass(DEADLINE, message);
    }

    @Override
    public void close() {
        TestKit.shutdownActorSystem(
                system, scala.concurrent.duration.FiniteDuration.create(60, "s"));
    }
}

package io.meridian.actors.journal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorRef;
import akka.persistence.AtomicWrite;
import akka.persistence.JournalProtocol;
import akka.persistence.Persistence;
import akka.persistence.PersistentEnvelope;
import akka.persistence.PersistentRepr;
import akka.testkit.javadsl.TestKit;

import io.meridian.actors.journal.r2dbc.PluginKit.Plugin;
import io.meridian.database.EmbeddedPostgresExtension;
import io.meridian.database.PostgresSettings;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import scala.jdk.javaapi.CollectionConverters;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Requirements of Akka's persistence TCK for journals, for the batched plugin and for Akka's own.
 * Optional capabilities: events are serialized; non-serializable events fail their write instead of
 * being rejected one by one, with both plugins.
 */
@ParameterizedClass
@EnumSource(Plugin.class)
@ExtendWith(EmbeddedPostgresExtension.class)
class JournalContractTest {
    private static final long ALL = Long.MAX_VALUE;

    private final Plugin plugin;
    private final String id = "contract|" + UUID.randomUUID();
    private PluginKit kit;

    JournalContractTest(Plugin plugin) {
        this.plugin = plugin;
    }

    /** Three single writes, then one atomic write of two events. */
    @BeforeEach
    void writeFiveEvents(PostgresSettings database) {
        kit = new PluginKit(plugin, database);
        write(
                List.of(
                        AtomicWrite.apply(event(1, "a-1")),
                        AtomicWrite.apply(event(2, "a-2")),
                        AtomicWrite.apply(event(3, "a-3")),
                        atomic(event(4, "a-4"), event(5, "a-5"))));
    }

    @AfterEach
    void stop() {
        kit.close();
    }

    @Test
    void aReplayDeliversAllEventsInOrder() {
        assertThat(replay(1, ALL, ALL)).containsExactly("a-1", "a-2", "a-3", "a-4", "a-5");
    }

    @Test
    void aReplayKeepsItsSequenceNumberBounds() {
        assertThat(replay(3, ALL, ALL)).containsExactly("a-3", "a-4", "a-5");
        assertThat(replay(1, 3, ALL)).containsExactly("a-1", "a-2", "a-3");
        assertThat(replay(2, 3, ALL)).containsExactly("a-2", "a-3");
        assertThat(replay(2, 2, ALL)).containsExactly("a-2");
        assertThat(replay(3, 2, ALL)).isEmpty();
    }

    @Test
    void aReplayKeepsItsCountLimit() {
        assertThat(replay(1, ALL, 3)).containsExactly("a-1", "a-2", "a-3");
        assertThat(replay(2, 5, 2)).containsExactly("a-2", "a-3");
        assertThat(replay(2, 4, 1)).containsExactly("a-2");
        assertThat(replay(2, 4, 0)).isEmpty();
    }

    @Test
    void anEntityWithoutEventsHasNumberZero() {
        Replayed none = replayed("contract|none", 0, ALL, ALL);
        assertThat(none.payloads()).isEmpty();
        assertThat(none.highest()).isZero();
    }

    @Test
    void deletedEventsAreNotReplayed() {
        delete(3);
        assertThat(replay(1, ALL, ALL)).containsExactly("a-4", "a-5");
    }

    @Test
    void deletionOfAllEventsKeepsTheHighestNumber() {
        delete(ALL);
        assertThat(replay(0, ALL, ALL)).isEmpty();
        write(List.of(AtomicWrite.apply(event(6, "a-6"))));
        assertThat(replayed(id, 0, ALL, ALL)).isEqualTo(new Replayed(List.of("a-6"), 6));
    }

    @Test
    void deletionUpToTheLastEventKeepsTheHighestNumber() {
        delete(5);
        assertThat(replay(0, ALL, ALL)).isEmpty();
        delete(5);
        assertThat(replay(0, ALL, ALL)).isEmpty();
    }

    @Test
    void anotherEntitysEventsStay() {
        String other = id + "-other";
        write(List.of(AtomicWrite.apply(event(other, 1, "b-1"))));
        delete(ALL);
        assertThat(replayed(other, 0, ALL, ALL)).isEqualTo(new Replayed(List.of("b-1"), 1));
    }

    /**
     * Neither plugin rejects single events: the whole request fails, and nothing of it is written.
     */
    @Test
    void aWriteWithAnEventThatCannotBeSerializedFails() {
        TestKit probe = kit.probe();
        journal()
                .tell(
                        writeMessages(
                                List.of(
                                        AtomicWrite.apply(event(6, "b-6")),
                                        AtomicWrite.apply(event(7, new Object()))),
                                probe.getRef()),
                        probe.getRef());
        PluginKit.next(probe, JournalProtocol.WriteMessagesFailed.class);
        assertThat(replay(6, ALL, ALL)).isEmpty();
    }

    private void write(List<AtomicWrite> writes) {
        TestKit probe = kit.probe();
        journal().tell(writeMessages(writes, probe.getRef()), probe.getRef());
        PluginKit.next(probe, JournalProtocol.WriteMessagesSuccessful$.class);
        for (AtomicWrite write : writes) {
            for (PersistentRepr event : CollectionConverters.asJava(write.payload())) {
                JournalProtocol.WriteMessageSuccess success =
                        PluginKit.next(probe, JournalProtocol.WriteMessageSuccess.class);
                assertThat(success.persistent().sequenceNr()).isEqualTo(event.sequenceNr());
                assertThat(success.persistent().payload()).isEqualTo(event.payload());
            }
        }
    }

    private static JournalProtocol.WriteMessages writeMessages(
            List<AtomicWrite> writes, ActorRef replyTo) {
        return new JournalProtocol.WriteMessages(
                CollectionConverters.asScala(List.<PersistentEnvelope>copyOf(writes)).toSeq(),
                replyTo,
                1);
    }

    private record Replayed(List<Object> payloads, long highest) {}

    private List<Object> replay(long from, long to, long max) {
        Replayed replayed = replayed(id, from, to, max);
        assertThat(replayed.highest()).isEqualTo(5);
        return replayed.payloads();
    }

    private Replayed replayed(String id, long from, long to, long max) {
        TestKit probe = kit.probe();
        journal()
                .tell(
                        new JournalProtocol.ReplayMessages(from, to, max, id, probe.getRef()),
                        probe.getRef());
        List<Object> payloads = new ArrayList<>();
        while (true) {
            switch (PluginKit.next(probe, Object.class)) {
                case JournalProtocol.ReplayedMessage message ->
                        payloads.add(message.persistent().payload());
                case JournalProtocol.RecoverySuccess success -> {
                    return new Replayed(payloads, success.highestSequenceNr());
                }
                case Object other -> throw new AssertionError(other.toString());
            }
        }
    }

    private void delete(long to) {
        TestKit probe = kit.probe();
        journal()
                .tell(new JournalProtocol.DeleteMessagesTo(id, to, probe.getRef()), probe.getRef());
        assertThat(
                        PluginKit.next(probe, akka.persistence.DeleteMessagesSuccess.class)
                                .toSequenceNr())
                .isEqualTo(to);
    }

    private ActorRef journal() {
        return Persistence.get(kit.system)
                .journalFor("", com.typesafe.config.ConfigFactory.empty());
    }

    private PersistentRepr event(long sequenceNr, Object payload) {
        return event(id, sequenceNr, payload);
    }

    private static PersistentRepr event(String id, long sequenceNr, Object payload) {
        return PersistentRepr.apply(
                payload, sequenceNr, id, "", false, ActorRef.noSender(), "writer");
    }

    private static AtomicWrite atomic(PersistentRepr... events) {
        return new AtomicWrite(CollectionConverters.asScala(List.of(events)).toSeq());
    }
}

package io.meridian.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import akka.NotUsed;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.SinkQueueWithCancel;
import akka.stream.javadsl.Source;
import akka.util.ByteString;

import io.meridian.domain.table.Change;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.Table;
import io.meridian.feed.TableType;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.master.TableUpdate;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** The events of a feed that the test plays. */
class EventHubTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ActorTestKit KIT = ActorTestKit.create("akka.actor.provider = local");

    private final TestProbe<FeedServer.Command> asked = KIT.createTestProbe();
    private final ActorRef<FeedServer.Command> feed = KIT.spawn(forwarding(asked.ref()));
    private final List<ZoneRow> rows = new ArrayList<>();
    private long revision = 6;
    private int subscriptions;
    private ActorRef<TableUpdate<ZoneRow, ZoneImage>> zones;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static Behavior<FeedServer.Command> forwarding(ActorRef<FeedServer.Command> to) {
        return Behaviors.receiveMessage(
                command -> {
                    to.tell(command);
                    return Behaviors.same();
                });
    }

    @Test
    void clientsShareOneSubscriptionAndStartWithTheRevision() throws Exception {
        EventHub hub = new EventHub(KIT.system(), 32);
        SinkQueueWithCancel<ByteString> first = run(hub.join(feed).orElseThrow());
        subscribed();
        commit(row(1), row(2), row(3));
        assertThat(next(first))
                .isEqualTo("data:{\"revision\":7,\"rows\":3}\nevent:zone-snapshot\n\n");

        SinkQueueWithCancel<ByteString> second = run(hub.join(feed).orElseThrow());
        assertThat(next(second))
                .isEqualTo("data:{\"revision\":7,\"rows\":3}\nevent:zone-snapshot\n\n");
        commit(row(4));
        String event = next(first);
        assertThat(event).contains("event:zone\n", "\"revision\":8", "n4.mesos");
        assertThat(next(second)).isEqualTo(event);
        asked.expectNoMessage();

        assertThat(next(run(hub.join(feed).orElseThrow())))
                .as("the rows are counted, not copied")
                .contains("\"revision\":8,\"rows\":4");
    }

    @Test
    void clientsBeyondTheLimitAreRefusedUntilOneLeaves() throws Exception {
        EventHub hub = new EventHub(KIT.system(), 2);
        SinkQueueWithCancel<ByteString> first = run(hub.join(feed).orElseThrow());
        run(hub.join(feed).orElseThrow());
        assertThat(hub.join(feed)).isEmpty();

        first.cancel();

        asked.awaitAssert(
                PATIENCE,
                () -> {
                    assertThat(hub.clients()).isEqualTo(1);
                    return null;
                });
        assertThat(hub.join(feed)).isPresent();
    }

    @Test
    void aClientThatReadsNothingLosesItsPlaceAndCostsTheOthersNothing() throws Exception {
        EventHub hub = new EventHub(KIT.system(), 2);
        hub.join(feed).orElseThrow().runWith(Sink.never(), KIT.system());
        SinkQueueWithCancel<ByteString> reader = run(hub.join(feed).orElseThrow());
        subscribed();
        commit(row(0));
        next(reader);
        int events = 0;
        while (hub.clients() == 2 && events < 5000) {
            commit(
                    IntStream.range(0, 100)
                            .mapToObj(i -> row(rows.size() + i))
                            .toArray(ZoneRow[]::new));
            assertThat(next(reader)).contains("event:zone\n");
            events++;
        }

        assertThat(hub.clients()).as("after %d events", events).isEqualTo(1);
    }

    @Test
    void theEndOfTheFeedEndsTheEvents() throws Exception {
        EventHub hub = new EventHub(KIT.system(), 2);
        SinkQueueWithCancel<ByteString> client = run(hub.join(feed).orElseThrow());
        subscribed();
        commit(row(1));
        next(client);

        KIT.stop(feed, PATIENCE);

        assertThat(client.pull().toCompletableFuture().get(60, TimeUnit.SECONDS)).isEmpty();
        assertThat(hub.clients()).isZero();
    }

    private static SinkQueueWithCancel<ByteString> run(Source<ByteString, NotUsed> events) {
        return events.runWith(Sink.queue(), KIT.system());
    }

    /** The next event that is no heartbeat. */
    private static String next(SinkQueueWithCancel<ByteString> client) throws Exception {
        while (true) {
            Optional<ByteString> event =
                    client.pull().toCompletableFuture().get(60, TimeUnit.SECONDS);
            String text = event.orElseThrow().utf8String();
            if (text.contains("data:{")) {
                return text;
            }
        }
    }

    @SuppressWarnings("unchecked") // a zone table has one row type and one image type
    private void subscribed() {
        while (subscriptions < 2) {
            FeedServer.Observe<?, ?> observe =
                    (FeedServer.Observe<?, ?>) asked.receiveMessage(PATIENCE);
            subscriptions++;
            if (observe.type().table() == Table.ZONE) {
                zones = (ActorRef<TableUpdate<ZoneRow, ZoneImage>>) (ActorRef<?>) observe.replyTo();
            }
        }
    }

    private void commit(ZoneRow... added) {
        rows.addAll(List.of(added));
        revision++;
        zones.tell(
                new TableUpdate<>(
                        TableType.ZONE,
                        java.util.stream.Stream.of(added).map(Change::add).toList(),
                        ZoneImage.EMPTY,
                        revision));
    }

    private static ZoneRow row(int i) {
        return new ZoneRow("mesos", "n" + i + ".mesos", RecordType.A, "10.0.0.1", "o");
    }
}

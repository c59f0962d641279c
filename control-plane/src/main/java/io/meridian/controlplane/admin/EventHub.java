package io.meridian.controlplane.admin;

import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.http.javadsl.model.sse.ServerSentEvent;
import akka.japi.Pair;
import akka.stream.BoundedSourceQueue;
import akka.stream.OverflowStrategy;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.typed.javadsl.ActorSource;
import akka.util.ByteString;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.TableType;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.master.TableUpdate;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * The events of {@code GET /api/events}: every commit of both tables as it happens, as server-sent
 * events. The first event of each table, {@code zone-snapshot} and {@code vip-snapshot}, has the
 * revision that later events start from. Each commit is encoded once for all clients. Any thread.
 */
public final class EventHub {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    /** Commits that the hub holds until they are encoded. */
    private static final int COMMITS = 1024;

    /** Events that one client may be behind; the client then loses its connection. */
    private static final int BEHIND = 4096;

    /** Bytes that one client may be behind; clients share the bytes of an event. */
    private static final long BYTES_BEHIND = 8 << 20;

    private final ActorSystem<?> system;
    private final int maxClients;
    private final Set<Client> clients = new LinkedHashSet<>();
    private final SortedMap<String, Snapshot> tables = new TreeMap<>();
    private @Nullable ActorRef<FeedServer.Command> followed;

    private record Snapshot(long revision, int rows) {}

    private record Client(BoundedSourceQueue<ByteString> queue, AtomicLong bytesBehind) {
        /** Whether the client has room for the event; a single event always has. */
        boolean offer(ByteString event) {
            long behind = bytesBehind.addAndGet(event.size());
            return (behind <= BYTES_BEHIND || behind == event.size())
                    && queue.offer(event).isEnqueued();
        }
    }

    /**
     * @param system runs the streams
     * @param maxClients clients at a time
     */
    public EventHub(ActorSystem<?> system, int maxClients) {
        this.system = system;
        this.maxClients = maxClients;
    }

    /**
     * Adds a client.
     *
     * @param feed the feed of this node's current membership; its end ends the events
     * @return empty if there are as many clients as are allowed
     */
    synchronized Optional<Source<ByteString, NotUsed>> join(ActorRef<FeedServer.Command> feed) {
        if (clients.size() >= maxClients) {
            return Optional.empty();
        }
        if (!feed.equals(followed)) {
            follow(feed);
        }
        AtomicLong bytesBehind = new AtomicLong();
        Pair<Client, Source<ByteString, NotUsed>> made =
                Source.<ByteString>queue(BEHIND)
                        .mapMaterializedValue(queue -> new Client(queue, bytesBehind))
                        .watchTermination(
                                (client, end) -> {
                                    var _ = end.whenComplete((_, _) -> leave(client));
                                    return client;
                                })
                        .preMaterialize(system);
        Client client = made.first();
        clients.add(client);
        tables.forEach((table, snapshot) -> client.offer(snapshotEvent(table, snapshot)));
        return Optional.of(
                made.second()
                        .map(
                                event -> {
                                    bytesBehind.addAndGet(-event.size());
                                    return event;
                                })
                        .keepAlive(KEEP_ALIVE, () -> encoded(ServerSentEvent.heartbeat())));
    }

    /** Number of clients. */
    synchronized int clients() {
        return clients.size();
    }

    private synchronized void leave(Client client) {
        clients.remove(client);
    }

    private void follow(ActorRef<FeedServer.Command> feed) {
        end();
        followed = feed;
        Source<Runnable, NotUsed> zones =
                updates(feed, TableType.ZONE)
                        .map(
                                update ->
                                        () ->
                                                committed(
                                                        feed,
                                                        "zone",
                                                        update,
                                                        one ->
                                                                ChangesDocument.zone(
                                                                        one.revision(),
                                                                        one.changes())));
        Source<Runnable, NotUsed> vips =
                updates(feed, TableType.VIP)
                        .map(
                                update ->
                                        () ->
                                                committed(
                                                        feed,
                                                        "vip",
                                                        update,
                                                        one ->
                                                                ChangesDocument.vip(
                                                                        one.revision(),
                                                                        one.changes())));
        var _ =
                zones.merge(vips)
                        .toMat(Sink.foreach(Runnable::run), Keep.right())
                        .run(system)
                        .whenComplete((_, _) -> ended(feed));
    }

    /** Ends when the feed stops, which happens at the end of its membership of the cluster. */
    private static <R extends Row, I extends Image<R, I>>
            Source<TableUpdate<R, I>, NotUsed> updates(
                    ActorRef<FeedServer.Command> feed, TableType<R, I> type) {
        return ActorSource.<TableUpdate<R, I>>actorRef(
                        _ -> false, _ -> Optional.empty(), COMMITS, OverflowStrategy.fail())
                .mapMaterializedValue(
                        observer -> {
                            feed.tell(new FeedServer.Observe<>(type, observer));
                            return NotUsed.getInstance();
                        })
                .watch(Adapter.toClassic(feed));
    }

    private synchronized <R extends Row, I extends Image<R, I>> void committed(
            ActorRef<FeedServer.Command> feed,
            String table,
            TableUpdate<R, I> update,
            Function<TableUpdate<R, I>, ChangesDocument> body) {
        if (!feed.equals(followed)) {
            return;
        }
        @Nullable Snapshot before = tables.get(table);
        int rows = (before == null ? 0 : before.rows()) + growth(update.changes());
        Snapshot now = new Snapshot(update.revision(), rows);
        tables.put(table, now);
        if (!clients.isEmpty()) {
            publish(
                    before == null
                            ? snapshotEvent(table, now)
                            : encoded(
                                    ServerSentEvent.create(Json.line(body.apply(update)), table)));
        }
    }

    private static <R extends Row> int growth(List<Change<R>> changes) {
        int added = (int) changes.stream().filter(Change::added).count();
        return added - (changes.size() - added);
    }

    private void publish(ByteString event) {
        for (Client client : List.copyOf(clients)) {
            if (!client.offer(event)) {
                clients.remove(client);
                client.queue().fail(new IllegalStateException("the client reads too slowly"));
            }
        }
    }

    private synchronized void ended(ActorRef<FeedServer.Command> feed) {
        if (feed.equals(followed)) {
            end();
        }
    }

    private void end() {
        followed = null;
        tables.clear();
        clients.forEach(client -> client.queue().complete());
        clients.clear();
    }

    private static ByteString snapshotEvent(String table, Snapshot snapshot) {
        return encoded(ServerSentEvent.create(Json.line(snapshot), table + "-snapshot"));
    }

    private static ByteString encoded(ServerSentEvent event) {
        return ((akka.http.scaladsl.model.sse.ServerSentEvent) event).encode();
    }
}

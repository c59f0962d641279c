package io.meridian.controlplane.admin;

import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.sse.ServerSentEvent;
import akka.stream.OverflowStrategy;
import akka.stream.javadsl.Source;
import akka.stream.typed.javadsl.ActorSource;
import akka.util.ByteString;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.feed.TableType;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.master.TableUpdate;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * {@code GET /api/events}: every commit of both tables as it happens, as server-sent events. The
 * first event of each table, {@code zone-snapshot} and {@code vip-snapshot}, has the revision that
 * later events start from.
 */
final class EventStream {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    /**
     * Capacity of the buffer for one client and table, in commits; when it overflows the connection
     * ends and the client reconnects.
     */
    private static final int BUFFER = 1024;

    private EventStream() {}

    private record Snapshot(long revision, int rows) {}

    static HttpResponse response(ActorRef<FeedServer.Command> feed) {
        Source<ServerSentEvent, NotUsed> zones =
                table(
                        feed,
                        TableType.ZONE,
                        "zone",
                        update -> ChangesDocument.zone(update.revision(), update.changes()));
        Source<ServerSentEvent, NotUsed> vips =
                table(
                        feed,
                        TableType.VIP,
                        "vip",
                        update -> ChangesDocument.vip(update.revision(), update.changes()));
        Source<ByteString, NotUsed> bytes =
                zones.merge(vips)
                        .keepAlive(KEEP_ALIVE, ServerSentEvent::heartbeat)
                        .map(EventStream::encoded);
        return HttpResponse.create()
                .withEntity(
                        HttpEntities.createCloseDelimited(
                                MediaTypes.TEXT_EVENT_STREAM.toContentType(), bytes));
    }

    private static ByteString encoded(ServerSentEvent event) {
        return ((akka.http.scaladsl.model.sse.ServerSentEvent) event).encode();
    }

    /** Ends when the feed stops, which happens at the end of its membership of the cluster. */
    private static <R extends Row, I extends Image<R, I>> Source<ServerSentEvent, NotUsed> table(
            ActorRef<FeedServer.Command> feed,
            TableType<R, I> type,
            String name,
            Function<TableUpdate<R, I>, ChangesDocument> body) {
        AtomicBoolean first = new AtomicBoolean(true);
        return ActorSource.<TableUpdate<R, I>>actorRef(
                        _ -> false, _ -> Optional.empty(), BUFFER, OverflowStrategy.fail())
                .mapMaterializedValue(
                        observer -> {
                            feed.tell(new FeedServer.Observe<>(type, observer));
                            return NotUsed.getInstance();
                        })
                .watch(Adapter.toClassic(feed))
                .map(
                        update ->
                                first.getAndSet(false)
                                        ? event(name + "-snapshot", snapshot(update))
                                        : event(name, body.apply(update)));
    }

    private static Snapshot snapshot(TableUpdate<?, ?> update) {
        return new Snapshot(update.revision(), update.changes().size());
    }

    private static ServerSentEvent event(String name, Object document) {
        return ServerSentEvent.create(Json.line(document), name);
    }
}

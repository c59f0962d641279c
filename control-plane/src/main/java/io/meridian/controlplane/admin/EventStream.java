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

import com.fasterxml.jackson.databind.node.ObjectNode;

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
 * first event of each table, {@code zone-snapshot} and {@code vip-snapshot}, says where one starts.
 */
final class EventStream {
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    /** A consumer that is further behind is cut, and starts anew. */
    private static final int BUFFER = 1024;

    HttpResponse response(ActorRef<FeedServer.Command> feed) {
        Source<ByteString, NotUsed> bytes =
                table(
                                feed,
                                TableType.ZONE,
                                "zone",
                                update -> ApiJson.zoneChanges(update.revision(), update.changes()))
                        .merge(
                                table(
                                        feed,
                                        TableType.VIP,
                                        "vip",
                                        update ->
                                                ApiJson.vipChanges(
                                                        update.revision(), update.changes())))
                        .keepAlive(KEEP_ALIVE, ServerSentEvent::heartbeat)
                        .map(
                                event ->
                                        ((akka.http.scaladsl.model.sse.ServerSentEvent) event)
                                                .encode());
        return HttpResponse.create()
                .withEntity(
                        HttpEntities.createCloseDelimited(
                                MediaTypes.TEXT_EVENT_STREAM.toContentType(), bytes));
    }

    private <R extends Row, I extends Image<R, I>> Source<ServerSentEvent, NotUsed> table(
            ActorRef<FeedServer.Command> feed,
            TableType<R, I> type,
            String name,
            Function<TableUpdate<R, I>, ObjectNode> body) {
        AtomicBoolean first = new AtomicBoolean(true);
        return ActorSource.<TableUpdate<R, I>>actorRef(
                        _ -> false, _ -> Optional.empty(), BUFFER, OverflowStrategy.fail())
                .mapMaterializedValue(
                        observer -> {
                            feed.tell(new FeedServer.Observe<>(type, observer));
                            return NotUsed.getInstance();
                        })
                // a consumer must not wait for a feed that has ended with its membership
                .watch(Adapter.toClassic(feed))
                .map(
                        update ->
                                first.getAndSet(false)
                                        ? ServerSentEvent.create(
                                                Json.line(
                                                        Json.object()
                                                                .put("revision", update.revision())
                                                                .put(
                                                                        "rows",
                                                                        update.changes().size())),
                                                name + "-snapshot")
                                        : ServerSentEvent.create(
                                                Json.line(body.apply(update)), name));
    }
}

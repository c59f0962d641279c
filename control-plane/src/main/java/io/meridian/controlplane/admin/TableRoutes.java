package io.meridian.controlplane.admin;

import static akka.http.javadsl.server.PathMatchers.segment;

import akka.actor.typed.ActorRef;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;

import io.meridian.dns.ServedZone;
import io.meridian.feed.master.FeedServer;

import java.util.Locale;
import java.util.Optional;

/**
 * {@code /api/vips}, {@code zones}, {@code nodes} and {@code events}: routes that any node serves.
 */
final class TableRoutes extends AllDirectives {
    private final AdminData data;
    private final EventHub hub;

    TableRoutes(AdminData data, EventHub hub) {
        this.data = data;
        this.hub = hub;
    }

    Route routes() {
        return concat(
                path("vips", this::vips),
                path(segment("vips").slash("plan"), this::plan),
                path("zones", () -> complete(Replies.json(ZoneDocument.all(data.servedZones())))),
                path(segment("zones").slash(segment()).slash("records"), this::records),
                path("nodes", () -> complete(Replies.json(NodeDocument.all(data.nodes())))),
                path("events", this::events));
    }

    private Route vips() {
        return complete(
                Replies.json(
                        VipDocument.all(
                                data.vips().image(),
                                data.vipRules().literals().ranges(),
                                data.reachability(),
                                data.dataPlane())));
    }

    private Route plan() {
        Optional<DataPlane> plane = data.dataPlane();
        if (plane.isEmpty()) {
            return unavailable("this node has no data plane: ask a node with role agent");
        }
        return onSuccess(plane.get().plan(), plan -> complete(Replies.json(PlanDocument.of(plan))));
    }

    private Route records(String asked) {
        String origin = asked.toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
        Optional<ServedZone> found =
                data.servedZones().stream()
                        .filter(zone -> zone.origin().equals(origin))
                        .findFirst();
        return complete(
                found.map(zone -> Replies.streamed(ZoneDocument.records(zone)))
                        .orElseGet(
                                () ->
                                        ProblemDetails.response(
                                                StatusCodes.NOT_FOUND,
                                                "there is no zone " + origin)));
    }

    private Route events() {
        return data.feed()
                .map(this::events)
                .orElseGet(
                        () ->
                                unavailable(
                                        "this node has no complete tables to follow; ask a master"
                                                + " that is ready"));
    }

    private Route events(ActorRef<FeedServer.Command> feed) {
        return hub.join(feed)
                .map(events -> complete(Replies.events(events)))
                .orElseGet(
                        () ->
                                unavailable(
                                        "this node has as many clients of /api/events as"
                                                + " meridian.http.events.max-clients allows; ask"
                                                + " another master, or later"));
    }

    private Route unavailable(String detail) {
        return complete(ProblemDetails.response(StatusCodes.SERVICE_UNAVAILABLE, detail));
    }
}

package io.meridian.controlplane.admin;

import static akka.http.javadsl.server.PathMatchers.remaining;
import static akka.http.javadsl.server.PathMatchers.segment;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.ExceptionHandler;
import akka.http.javadsl.server.RejectionHandler;
import akka.http.javadsl.server.Route;
import akka.stream.javadsl.Source;
import akka.util.ByteString;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.controlplane.ProgramVersion;
import io.meridian.controlplane.config.Role;
import io.meridian.controlplane.json.JsonDocument;
import io.meridian.domain.service.ServiceId;
import io.meridian.feed.master.FeedServer.SeenNode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** Every route of the admin HTTP; errors are RFC 9457 problems. */
public final class AdminRoutes extends AllDirectives {
    private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);
    private static final String DEFAULT_FRAMEWORK = "marathon";

    private final AdminData data;
    private final Metrics metrics;
    private final EventStream events;
    private final byte[] page = resource("index.html");
    private final byte[] openApi = resource("openapi.json");

    public AdminRoutes(AdminData data, Metrics metrics) {
        this.data = data;
        this.metrics = metrics;
        this.events = new EventStream();
    }

    /** The whole tree. */
    public Route routes() {
        RejectionHandler rejections =
                RejectionHandler.newBuilder()
                        .handle(
                                akka.http.javadsl.server.MethodRejection.class,
                                rejection ->
                                        complete(
                                                new Problem(
                                                                StatusCodes.METHOD_NOT_ALLOWED,
                                                                "use "
                                                                        + rejection
                                                                                .supported()
                                                                                .name())
                                                        .response()))
                        .handleNotFound(
                                extractUri(
                                        uri ->
                                                complete(
                                                        new Problem(
                                                                        StatusCodes.NOT_FOUND,
                                                                        "there is nothing at "
                                                                                + uri.path())
                                                                .response())))
                        .build();
        ExceptionHandler exceptions =
                ExceptionHandler.newBuilder()
                        .matchAny(
                                failure ->
                                        extractUri(
                                                uri -> {
                                                    LOG.warn(
                                                            "cannot answer {}: {}",
                                                            uri.path(),
                                                            failure.toString());
                                                    return complete(
                                                            new Problem(
                                                                            StatusCodes
                                                                                    .SERVICE_UNAVAILABLE,
                                                                            "cannot answer now,"
                                                                                + " most likely the"
                                                                                + " database is"
                                                                                + " away: "
                                                                                    + failure
                                                                                            .getMessage())
                                                                    .response());
                                                }))
                        .build();
        return handleRejections(
                rejections,
                () ->
                        handleExceptions(
                                exceptions,
                                () ->
                                        get(
                                                () ->
                                                        concat(
                                                                pathSingleSlash(
                                                                        () -> complete(html(page))),
                                                                path(
                                                                        "metrics",
                                                                        () ->
                                                                                complete(
                                                                                        metrics
                                                                                                .response())),
                                                                path(
                                                                        "openapi.json",
                                                                        () ->
                                                                                complete(
                                                                                        json(
                                                                                                StatusCodes
                                                                                                        .OK,
                                                                                                openApi))),
                                                                pathPrefix("health", this::health),
                                                                pathPrefix("api", this::api)))));
    }

    private Route health() {
        return concat(
                path(
                        "live",
                        () ->
                                complete(
                                        json(
                                                StatusCodes.OK,
                                                Json.bytes(
                                                        Json.object()
                                                                .put("live", true)
                                                                .put(
                                                                        "version",
                                                                        ProgramVersion.text()))))),
                path("ready", () -> onSuccess(data.readiness(), this::ready)));
    }

    private Route ready(AdminData.Readiness readiness) {
        boolean ready = readiness.reasons().isEmpty();
        ObjectNode body = Json.object().put("ready", ready);
        body.set("reasons", Json.of(readiness.reasons()));
        body.set("details", Json.of(readiness.details()));
        return complete(
                json(ready ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE, Json.bytes(body)));
    }

    private Route api() {
        return concat(
                path(
                        "vips",
                        () ->
                                completeJson(
                                        () ->
                                                ApiJson.vips(
                                                        data.vips().image(),
                                                        data.reachability(),
                                                        data.dataPlane()))),
                path(segment("vips").slash("plan"), this::plan),
                path("zones", () -> completeJson(() -> ApiJson.zones(data.servedZones()))),
                path(segment("zones").slash(segment()).slash("records"), this::records),
                path(
                        "nodes",
                        () ->
                                onSuccess(
                                        data.nodes(),
                                        nodes -> completeJson(() -> ApiJson.nodes(nodes)))),
                path("events", this::events),
                path(
                        "services",
                        () ->
                                withServices(
                                        reader ->
                                                onSuccess(
                                                        reader.list(),
                                                        list ->
                                                                completeJson(
                                                                        () -> Json.of(list))))),
                path(segment("services").slash(remaining()), this::service),
                path(segment("trace").slash("services").slash(remaining()), this::trace));
    }

    private Route plan() {
        return data.dataPlane()
                .<Route>map(
                        plane ->
                                onSuccess(
                                        plane.plan(),
                                        plan -> completeJson(() -> ApiJson.plan(plan))))
                .orElseGet(
                        () ->
                                complete(
                                        new Problem(
                                                        StatusCodes.SERVICE_UNAVAILABLE,
                                                        "this node has no data plane: it is no"
                                                                + " agent; ask one that is")
                                                .response()));
    }

    private Route records(String asked) {
        String origin = asked.toLowerCase(Locale.ROOT).replaceAll("\\.$", "");
        return data.servedZones().stream()
                .filter(zone -> zone.origin().equals(origin))
                .findFirst()
                .map(zone -> complete(streamed(ApiJson.records(zone))))
                .orElseGet(() -> notFound("there is no zone " + origin));
    }

    private Route service(String text) {
        return withServices(
                reader ->
                        withId(
                                text,
                                id ->
                                        onSuccess(
                                                reader.one(id),
                                                found ->
                                                        found.<Route>map(
                                                                        one ->
                                                                                completeJson(
                                                                                        () -> one))
                                                                .orElseGet(() -> noService(id)))));
    }

    private Route trace(String text) {
        return withServices(
                reader ->
                        withId(
                                text,
                                id ->
                                        onSuccess(
                                                reader.progress(id),
                                                found ->
                                                        found.<Route>map(
                                                                        progress ->
                                                                                onSuccess(
                                                                                        data
                                                                                                .nodes(),
                                                                                        nodes ->
                                                                                                completeJson(
                                                                                                        () ->
                                                                                                                trace(
                                                                                                                        id,
                                                                                                                        progress,
                                                                                                                        nodes))))
                                                                .orElseGet(() -> noService(id)))));
    }

    private JsonNode trace(ServiceId id, ServiceReader.Progress progress, List<SeenNode> nodes) {
        ObjectNode trace = Json.object().put("service", id.path()).put("framework", id.framework());
        var stages = trace.putArray("stages");
        long journalled = progress.journalled();
        stage(stages.addObject(), "journal", id.toString(), journalled, journalled);
        stage(stages.addObject(), "tables", "sequence number", journalled, progress.projected());
        long zone = progress.zoneRevision();
        long vip = progress.vipRevision();
        stage(stages.addObject(), "feed", "zone", zone, data.zones().revision());
        stage(stages.addObject(), "feed", "vip", vip, data.vips().revision());
        for (SeenNode node : nodes) {
            // a master that is no agent answers nobody: it has what it feeds to others
            boolean agent = node.status().roles().contains(Role.AGENT.label());
            stage(
                    stages.addObject(),
                    agent ? "dns" : "feed",
                    node.status().id() + (agent ? "" : " zone"),
                    zone,
                    node.status().zoneRevision());
            stage(
                    stages.addObject(),
                    agent ? "kernel" : "feed",
                    node.status().id() + (agent ? "" : " vip"),
                    vip,
                    node.status().vipRevision());
        }
        return trace;
    }

    private static void stage(ObjectNode stage, String name, String where, long at, long has) {
        stage.put("stage", name)
                .put("where", where)
                .put("at", at)
                .put("has", has)
                .put("reached", has >= at);
    }

    private Route events() {
        return data.feed()
                .<Route>map(feed -> complete(events.response(feed)))
                .orElseGet(
                        () ->
                                complete(
                                        new Problem(
                                                        StatusCodes.SERVICE_UNAVAILABLE,
                                                        "this node has no complete tables to"
                                                            + " follow; ask a master that is ready")
                                                .response()));
    }

    private Route withServices(Function<ServiceReader, Route> route) {
        return data.services()
                .map(route)
                .orElseGet(
                        () ->
                                complete(
                                        new Problem(
                                                        StatusCodes.SERVICE_UNAVAILABLE,
                                                        "services are known to masters with a"
                                                            + " database; this node is none, or its"
                                                            + " database is away")
                                                .response()));
    }

    /**
     * {@code /shop/web}, {@code shop/web}, {@code marathon:/shop/web}, with or without percent
     * encoding.
     */
    private Route withId(String text, Function<ServiceId, Route> route) {
        Optional<ServiceId> id;
        try {
            id = serviceId(URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException malformed) {
            id = Optional.empty();
        }
        return id.map(route).orElseGet(() -> notFound("\"" + text + "\" is not a service id"));
    }

    static Optional<ServiceId> serviceId(String text) {
        int colon = text.indexOf(':');
        int slash = text.indexOf('/');
        if (text.isEmpty() || colon == 0) {
            return Optional.empty();
        }
        if (colon > 0 && (slash < 0 || colon < slash)) {
            return colon + 1 < text.length()
                    ? Optional.of(ServiceId.parse(text))
                    : Optional.empty();
        }
        return Optional.of(new ServiceId(DEFAULT_FRAMEWORK, slash == 0 ? text : "/" + text));
    }

    private Route noService(ServiceId id) {
        return notFound("there is no service " + id.path() + " of framework " + id.framework());
    }

    private Route notFound(String detail) {
        return complete(new Problem(StatusCodes.NOT_FOUND, detail).response());
    }

    private Route completeJson(Supplier<? extends JsonNode> body) {
        CompletionStage<HttpResponse> response =
                CompletableFuture.completedFuture(json(StatusCodes.OK, Json.bytes(body.get())));
        return completeWithFuture(response);
    }

    private static HttpResponse json(StatusCode status, byte[] body) {
        return HttpResponse.create()
                .withStatus(status)
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, body));
    }

    private static HttpResponse streamed(JsonDocument document) {
        return HttpResponse.create()
                .withEntity(
                        HttpEntities.create(
                                ContentTypes.APPLICATION_JSON,
                                Source.fromIterator(document::pieces)
                                        .map(ByteString::fromArrayUnsafe)));
    }

    private static HttpResponse html(byte[] body) {
        return HttpResponse.create()
                .withEntity(HttpEntities.create(ContentTypes.TEXT_HTML_UTF8, body));
    }

    private static byte[] resource(String name) {
        try (InputStream in = AdminRoutes.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the build left " + name + " out");
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}

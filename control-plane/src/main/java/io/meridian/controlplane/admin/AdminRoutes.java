package io.meridian.controlplane.admin;

import static akka.http.javadsl.server.PathMatchers.segment;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.Uri;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.ExceptionHandler;
import akka.http.javadsl.server.MethodRejection;
import akka.http.javadsl.server.RejectionHandler;
import akka.http.javadsl.server.Route;

import io.meridian.controlplane.ProgramVersion;
import io.meridian.controlplane.http.HostNames;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SortedMap;

/** The admin HTTP: page, health, metrics and API. Errors are RFC 9457 problems. */
public final class AdminRoutes extends AllDirectives {
    private final AdminData data;
    private final Metrics metrics;
    private final HostNames hosts;
    private final Route api;
    private final byte[] page = resource("index.html");
    private final byte[] openApi = resource("openapi.json");

    /**
     * @param hosts names under which clients may ask
     */
    public AdminRoutes(AdminData data, Metrics metrics, HostNames hosts, EventHub hub) {
        this.data = data;
        this.metrics = metrics;
        this.hosts = hosts;
        this.api = concat(new TableRoutes(data, hub).routes(), new ServiceRoutes(data).routes());
    }

    private record Liveness(boolean live, String version) {}

    private record ReadinessDocument(
            boolean ready,
            boolean degraded,
            List<String> reasons,
            SortedMap<String, String> conditions,
            SortedMap<String, Object> details) {}

    /** All routes. */
    public Route routes() {
        return handleRejections(
                rejections(),
                () -> handleExceptions(exceptions(), () -> extractHost(host -> onlyFor(host))));
    }

    private Route onlyFor(String host) {
        return hosts.includes(host)
                ? concat(get(this::resources), new ReleaseRoutes(data).routes())
                : complete(
                        ProblemDetails.response(
                                StatusCodes.MISDIRECTED_REQUEST,
                                "the Host header is not a name of this node: add it to"
                                        + " meridian.http.hosts, or ask by IP address"));
    }

    private Route resources() {
        return concat(
                pathSingleSlash(() -> complete(Replies.bytes(ContentTypes.TEXT_HTML_UTF8, page))),
                path("metrics", () -> complete(metrics.response())),
                path("openapi.json", this::openApi),
                path(segment("health").slash("live"), this::live),
                path(segment("health").slash("ready"), this::ready),
                pathPrefix("api", () -> api));
    }

    private Route openApi() {
        return complete(Replies.bytes(ContentTypes.APPLICATION_JSON, openApi));
    }

    private Route live() {
        return complete(Replies.json(new Liveness(true, ProgramVersion.text())));
    }

    private Route ready() {
        return onSuccess(data.readiness(), readiness -> complete(ready(readiness)));
    }

    private static HttpResponse ready(AdminData.Readiness readiness) {
        boolean ready = readiness.reasons().isEmpty();
        return Replies.json(
                ready ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE,
                new ReadinessDocument(
                        ready,
                        !readiness.conditions().isEmpty(),
                        readiness.reasons(),
                        readiness.conditions(),
                        readiness.details()));
    }

    private RejectionHandler rejections() {
        return RejectionHandler.newBuilder()
                .handle(MethodRejection.class, this::methodNotAllowed)
                .handleNotFound(extractUri(this::notFound))
                .build();
    }

    private Route methodNotAllowed(MethodRejection rejection) {
        return complete(
                ProblemDetails.response(
                        StatusCodes.METHOD_NOT_ALLOWED, "use " + rejection.supported().name()));
    }

    private Route notFound(Uri uri) {
        return complete(
                ProblemDetails.response(
                        StatusCodes.NOT_FOUND, "there is nothing at " + uri.path()));
    }

    private ExceptionHandler exceptions() {
        return ExceptionHandler.newBuilder().matchAny(this::failed).build();
    }

    private Route failed(Throwable failure) {
        return extractUri(uri -> complete(ErrorResponses.of(uri.path(), failure)));
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

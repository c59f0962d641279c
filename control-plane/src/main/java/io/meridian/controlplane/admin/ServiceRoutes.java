package io.meridian.controlplane.admin;

import static akka.http.javadsl.server.PathMatchers.remaining;
import static akka.http.javadsl.server.PathMatchers.segment;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;

import io.meridian.domain.service.ServiceId;
import io.meridian.projections.ServiceQueries;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@code /api/services} and {@code /api/trace}: only a master with its database can answer. */
final class ServiceRoutes extends AllDirectives {
    private static final String DEFAULT_FRAMEWORK = "marathon";

    private final AdminData data;

    ServiceRoutes(AdminData data) {
        this.data = data;
    }

    Route routes() {
        return concat(
                path("services", () -> withReader(this::list)),
                path(segment("services").slash(remaining()), id -> withId(id, this::one)),
                path(
                        segment("trace").slash("services").slash(remaining()),
                        id -> withId(id, this::trace)));
    }

    private Route list(ServiceReader reader) {
        return onSuccess(reader.list(), services -> complete(Replies.json(summaries(services))));
    }

    private List<ServiceSummary> summaries(List<ServiceQueries.Service> services) {
        ServiceRefusals refusals = refusals();
        return services.stream().map(one -> ServiceSummary.of(one, refusals.of(one))).toList();
    }

    private ServiceRefusals refusals() {
        return new ServiceRefusals(data.vipRules(), data.vips().image(), data.reachability());
    }

    private Route one(ServiceReader reader, ServiceId id) {
        return onSuccess(
                reader.one(id),
                found ->
                        complete(
                                found.map(
                                                service ->
                                                        Replies.json(
                                                                ServiceDocument.of(
                                                                        service,
                                                                        refusals().of(service))))
                                        .orElseGet(() -> noService(id))));
    }

    private Route trace(ServiceReader reader, ServiceId id) {
        return onSuccess(
                reader.progress(id),
                found ->
                        complete(
                                found.map(progress -> Replies.json(document(id, progress)))
                                        .orElseGet(() -> noService(id))));
    }

    private TraceDocument document(ServiceId id, ServiceReader.Progress progress) {
        return TraceDocument.of(
                id, progress, data.zones().revision(), data.vips().revision(), data.nodes());
    }

    private Route withReader(Function<ServiceReader, Route> route) {
        return data.services()
                .map(route)
                .orElseGet(
                        () ->
                                complete(
                                        ProblemDetails.response(
                                                StatusCodes.SERVICE_UNAVAILABLE,
                                                "services are known to masters with a database:"
                                                    + " this node is no master, or its database is"
                                                    + " away")));
    }

    private interface OfService {
        Route route(ServiceReader reader, ServiceId id);
    }

    private Route withId(String text, OfService route) {
        return withReader(
                reader ->
                        serviceId(text)
                                .map(id -> route.route(reader, id))
                                .orElseGet(
                                        () ->
                                                complete(
                                                        notFound(
                                                                "\""
                                                                        + text
                                                                        + "\" is not a service"
                                                                        + " id"))));
    }

    /**
     * Reads {@code /shop/web}, {@code shop/web} or {@code marathon:/shop/web}, with or without
     * percent encoding.
     *
     * @return empty for text that is not a service id
     */
    static Optional<ServiceId> serviceId(String encoded) {
        try {
            return parsed(URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException malformed) { // also an id that no service can have
            return Optional.empty();
        }
    }

    private static Optional<ServiceId> parsed(String text) {
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

    private static HttpResponse noService(ServiceId id) {
        return notFound("there is no service " + id.path() + " of framework " + id.framework());
    }

    private static HttpResponse notFound(String detail) {
        return ProblemDetails.response(StatusCodes.NOT_FOUND, detail);
    }
}

package io.meridian.controlplane.admin;

import static akka.http.javadsl.server.PathMatchers.segment;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.server.AllDirectives;
import akka.http.javadsl.server.Route;
import akka.http.javadsl.unmarshalling.Unmarshaller;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.actors.vip.VipPoolEntity;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRules;
import io.meridian.projections.ServiceQueries;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/**
 * {@code POST /api/vips/release}: gives the addresses of unused VIP names back to the pool. Only a
 * master with its database can answer. The body must be JSON, so that no web page of another site
 * can send it.
 */
final class ReleaseRoutes extends AllDirectives {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AdminData data;

    ReleaseRoutes(AdminData data) {
        this.data = data;
    }

    /**
     * @param released names that have no address any more
     * @param refused why others keep theirs, by name
     */
    record ReleaseDocument(SortedSet<String> released, SortedMap<String, String> refused) {}

    /**
     * The request.
     *
     * @param names names to release; all unused ones if empty
     */
    private record Request(SortedSet<String> names) {
        /** Reads {@code {"names": ["web.marathon"]}} or {@code {"unused": true}}. */
        static Optional<Request> parse(String body) {
            try {
                JsonNode root = JSON.readTree(body);
                SortedSet<String> names = new TreeSet<>();
                root.path("names").forEach(name -> names.add(name.asText()));
                return names.isEmpty() == root.path("unused").asBoolean()
                        ? Optional.of(new Request(names))
                        : Optional.empty();
            } catch (IOException notJson) {
                return Optional.empty();
            }
        }
    }

    Route routes() {
        return path(
                segment("api").slash("vips").slash("release"),
                () ->
                        post(
                                () ->
                                        extractRequestEntity(
                                                body ->
                                                        body.getContentType()
                                                                        .mediaType()
                                                                        .equals(
                                                                                MediaTypes
                                                                                        .APPLICATION_JSON)
                                                                ? entity(
                                                                        Unmarshaller
                                                                                .entityToString(),
                                                                        this::release)
                                                                : complete(wrong()))));
    }

    private Route release(String body) {
        Optional<Request> request = Request.parse(body);
        Optional<ServiceReader> services = data.services();
        if (request.isEmpty()) {
            return complete(wrong());
        }
        if (services.isEmpty()) {
            return complete(
                    ProblemDetails.response(
                            StatusCodes.SERVICE_UNAVAILABLE,
                            "a master with its database releases VIP names: this node is no"
                                    + " master, or its database is away"));
        }
        return onSuccess(
                released(request.get(), services.get()), answer -> complete(Replies.json(answer)));
    }

    private CompletionStage<ReleaseDocument> released(Request request, ServiceReader services) {
        VipImage vips = data.vips().image();
        return services.list()
                .thenCompose(
                        all -> {
                            SortedSet<String> used = used(all, vips, data.vipRules());
                            SortedSet<String> wanted =
                                    new TreeSet<>(
                                            request.names().isEmpty()
                                                    ? vips.names()
                                                    : request.names());
                            SortedMap<String, String> refused = new TreeMap<>();
                            for (String name : request.names()) {
                                if (used.contains(name)) {
                                    refused.put(name, "is requested by a service");
                                }
                            }
                            wanted.removeAll(used);
                            return services.release(wanted)
                                    .thenApply(answer -> document(answer, refused));
                        });
    }

    private static ReleaseDocument document(
            VipPoolEntity.Released answer, SortedMap<String, String> refused) {
        SortedMap<String, String> all = new TreeMap<>(refused);
        all.putAll(answer.refusals());
        return new ReleaseDocument(answer.names(), all);
    }

    /** The VIP names that a definition, an instance or a row of the VIP table requests. */
    static SortedSet<String> used(
            List<ServiceQueries.Service> services, VipImage vips, VipRules rules) {
        SortedSet<VipKey> keys = vips.keys();
        for (ServiceQueries.Service service : services) {
            service.definition()
                    .ifPresent(definition -> keys.addAll(rules.keys(service.id(), definition)));
            service.instances()
                    .forEach(instance -> keys.addAll(rules.keys(service.id(), instance.ports())));
        }
        SortedSet<String> names = new TreeSet<>();
        keys.forEach(key -> names.add(key.name()));
        return names;
    }

    private static HttpResponse wrong() {
        return ProblemDetails.response(
                StatusCodes.BAD_REQUEST,
                "the body must be JSON (content type application/json): {\"names\":"
                        + " [\"web.marathon\"]} or {\"unused\": true}");
    }
}

package io.meridian.controlplane.compat;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;

import com.typesafe.config.Config;

import io.meridian.controlplane.ProgramVersion;
import io.meridian.controlplane.json.JsonDocument;
import io.meridian.dns.ServedZone;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Mesos-DNS's HTTP API over this node's zone of tasks (specs: mesos-dns 3). GET only and without
 * authentication. Before the first image it answers 503, except for version and settings; Mesos-DNS
 * does not listen then.
 */
public final class MesosDnsApi {
    private final CompatData data;
    private final String domain;
    private final MesosDnsConfig config;

    MesosDnsApi(CompatData data, String domain, MesosDnsConfig config) {
        this.data = data;
        this.domain = domain;
        this.config = config;
    }

    /**
     * @param config the whole configuration, already validated
     * @param domain origin of the zone of tasks
     * @param dns first address of {@code dns.listen}
     * @param http address on which this API listens
     * @param enumeration whether {@code /v1/enumerate} and {@code /v1/axfr} exist
     * @param dnsOn whether this node answers DNS
     */
    public static MesosDnsApi of(
            CompatData data,
            Config config,
            String domain,
            InetSocketAddress dns,
            InetSocketAddress http,
            boolean enumeration,
            boolean dnsOn) {
        return new MesosDnsApi(
                data, domain, MesosDnsConfig.of(config, dns, http, enumeration, dnsOn));
    }

    /**
     * Answers one request. Checks in Mesos-DNS's order: 404 for an unknown path, 405 unless GET,
     * 406 unless JSON is accepted.
     */
    public HttpResponse answer(HttpRequest request) {
        Optional<Supplier<HttpResponse>> route = Replies.path(request).flatMap(this::route);
        if (route.isEmpty()) {
            return Replies.text(StatusCodes.NOT_FOUND, "404: Page Not Found");
        }
        if (!request.method().equals(HttpMethods.GET)) {
            return Replies.text(StatusCodes.METHOD_NOT_ALLOWED, "405: Method Not Allowed");
        }
        if (!wantsJson(request)) {
            return Replies.text(StatusCodes.NOT_ACCEPTABLE, "406: Not Acceptable");
        }
        return route.get().get();
    }

    private Optional<Supplier<HttpResponse>> route(List<String> path) {
        if (path.size() < 2 || !path.getFirst().equals("v1")) {
            return Optional.empty();
        }
        String kind = path.get(1);
        return switch (path.size()) {
            case 2 -> route(kind);
            case 3 -> route(kind, path.get(2));
            case 4 ->
                    kind.equals("hosts") && path.get(3).equals("ports")
                            ? found(MesosDnsApi::ports)
                            : Optional.empty();
            default -> Optional.empty();
        };
    }

    private Optional<Supplier<HttpResponse>> route(String kind) {
        return switch (kind) {
            case "version" -> found(MesosDnsApi::version);
            case "config" -> found(() -> Replies.json(config.document(zone())));
            case "enumerate" -> listing(MesosDnsDocuments::enumerate);
            case "axfr" -> listing(zone -> MesosDnsDocuments.axfr(zone, config.refreshSeconds()));
            default -> Optional.empty();
        };
    }

    private Optional<Supplier<HttpResponse>> route(String kind, String name) {
        return switch (kind) {
            case "hosts" -> found(() -> one(zone -> MesosDnsDocuments.hosts(zone, name)));
            case "services" -> found(() -> one(zone -> MesosDnsDocuments.services(zone, name)));
            default -> Optional.empty();
        };
    }

    private static HttpResponse version() {
        return Replies.json(MesosDnsDocuments.version(ProgramVersion.text()));
    }

    private static HttpResponse ports() {
        return Replies.text(StatusCodes.NOT_IMPLEMENTED, "To be implemented...");
    }

    private Optional<Supplier<HttpResponse>> listing(Function<ServedZone, JsonDocument> document) {
        return config.enumeration() ? found(() -> whole(document)) : Optional.empty();
    }

    private HttpResponse one(Function<ServedZone, JsonDocument> document) {
        return complete(zone -> Replies.json(document.apply(zone)));
    }

    private HttpResponse whole(Function<ServedZone, JsonDocument> document) {
        return complete(zone -> Replies.streamed(document.apply(zone)));
    }

    private HttpResponse complete(Function<ServedZone, HttpResponse> answer) {
        ServedZone zone = zone();
        return Replies.missing(List.of(zone))
                .map(why -> Replies.text(StatusCodes.SERVICE_UNAVAILABLE, "503: " + why))
                .orElseGet(() -> answer.apply(zone));
    }

    private ServedZone zone() {
        return data.servedZones().stream()
                .filter(zone -> zone.origin().equals(domain))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("zone " + domain + " is not served"));
    }

    private static Optional<Supplier<HttpResponse>> found(Supplier<HttpResponse> answer) {
        return Optional.of(answer);
    }

    /**
     * Whether Accept names all types or JSON, without regard to qualities; true without the header.
     */
    private static boolean wantsJson(HttpRequest request) {
        String accept = request.getHeader("Accept").map(header -> header.value()).orElse("*/*");
        for (String range : accept.split(",")) {
            String type = range.split(";", 2)[0].strip();
            if (type.equals("*/*") || type.equals("application/json")) {
                return true;
            }
        }
        return false;
    }
}

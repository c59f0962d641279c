package io.meridian.controlplane.compat;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.Allow;
import akka.http.javadsl.model.headers.ETag;
import akka.http.javadsl.model.headers.EntityTag;

import io.meridian.controlplane.ProgramVersion;
import io.meridian.controlplane.json.JsonDocument;
import io.meridian.dns.ServedZone;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * dcos-net's HTTP API over this node's zones and VIPs (specs: dcos-net 4.5). GET only and without
 * authentication, so listen on loopback. The paths that disclose dcos-net's secret key and raw
 * store answer 404.
 */
public final class DcosNetApi {
    private static final ContentType METRICS = ContentTypes.parse("text/plain; version=0.0.4");
    private static final String LASHUP =
            "404: dcos-net's secret key and raw store are not served, because any process on this"
                    + " host could read them; Meridian has neither";

    private final CompatData data;
    private final DcosNetMetrics metrics;

    public DcosNetApi(CompatData data, DcosNetMetrics metrics) {
        this.data = data;
        this.metrics = metrics;
    }

    /**
     * One route.
     *
     * @param type media type of the response
     */
    private record Route(String type, Supplier<CompletionStage<HttpResponse>> answer) {}

    public CompletionStage<HttpResponse> answer(HttpRequest request) {
        Optional<Route> route = Replies.path(request).flatMap(path -> route(path, request));
        if (route.isEmpty()) {
            return now(Replies.empty(StatusCodes.NOT_FOUND));
        }
        if (!request.method().equals(HttpMethods.GET)) {
            return now(
                    Replies.empty(StatusCodes.METHOD_NOT_ALLOWED)
                            .addHeader(Allow.create(HttpMethods.GET)));
        }
        if (!accepts(request, route.get().type())) {
            return now(Replies.empty(StatusCodes.NOT_ACCEPTABLE));
        }
        return route.get().answer().get();
    }

    private Optional<Route> route(List<String> path, HttpRequest request) {
        if (path.size() >= 2 && path.getFirst().equals("lashup")) {
            boolean known =
                    path.get(1).equals("kv") || path.get(1).equals("key") && path.size() == 2;
            return known
                    ? Optional.of(
                            new Route(
                                    "*/*", () -> now(Replies.text(StatusCodes.NOT_FOUND, LASHUP))))
                    : Optional.empty();
        }
        if (path.size() < 2 || path.size() > 3 || !path.getFirst().equals("v1")) {
            return Optional.empty();
        }
        String argument = path.size() > 2 ? path.get(2) : "";
        return switch (path.size() + " " + path.get(1)) {
            case "2 version" ->
                    json(() -> Replies.json(DcosNetDocuments.version(ProgramVersion.text())));
            case "2 vips" -> json(() -> vips(request));
            case "2 nodes" -> Optional.of(new Route("application/json", this::nodes));
            case "2 records" -> json(this::records);
            case "2 config", "2 enumerate" ->
                    json(() -> Replies.empty(StatusCodes.NOT_IMPLEMENTED));
            case "3 hosts" -> json(() -> named(argument, DcosNetDocuments::hosts));
            case "3 services" -> json(() -> named(argument, DcosNetDocuments::services));
            case "2 metrics" -> metrics("default");
            case "3 metrics" -> metrics(argument);
            default -> Optional.empty();
        };
    }

    private static Optional<Route> json(Supplier<HttpResponse> answer) {
        return Optional.of(new Route("application/json", () -> now(answer.get())));
    }

    private Optional<Route> metrics(String registry) {
        return Optional.of(
                new Route(
                        "text/plain",
                        () ->
                                now(
                                        metrics.text(registry)
                                                .map(
                                                        text ->
                                                                HttpResponse.create()
                                                                        .withEntity(
                                                                                HttpEntities.create(
                                                                                        METRICS,
                                                                                        text)))
                                                .orElseGet(
                                                        () ->
                                                                Replies.text(
                                                                        StatusCodes.NOT_FOUND,
                                                                        "Unknown Registry")))));
    }

    private HttpResponse vips(HttpRequest request) {
        if (data.vips().shown().isEmpty()) {
            return unavailable("no complete image of the VIPs has come yet");
        }
        byte[] body = DcosNetDocuments.vips(data.vips().image()).bytes();
        String tag = tag(body);
        HttpResponse answer =
                noTagMatches(request, tag)
                        ? HttpResponse.create()
                                .withEntity(
                                        HttpEntities.create(ContentTypes.APPLICATION_JSON, body))
                        : Replies.empty(StatusCodes.NOT_MODIFIED);
        return answer.addHeader(ETag.create(EntityTag.create(tag, false)));
    }

    /**
     * An ETag from a digest of the body: equal on all nodes with the same VIPs, also after a
     * restart.
     */
    private static String tag(byte[] body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform must have SHA-256", impossible);
        }
    }

    /**
     * Whether no tag of If-None-Match matches, by weak comparison (RFC 9110 13.1.2). Accepts tags
     * without quotes too, because dcos-net sends those.
     */
    private static boolean noTagMatches(HttpRequest request, String tag) {
        String known = request.getHeader("If-None-Match").map(header -> header.value()).orElse("");
        return Stream.of(known.split(","))
                .map(one -> one.strip().replaceFirst("^W/", "").replaceAll("^\"|\"$", ""))
                .noneMatch(one -> one.equals("*") || one.equals(tag));
    }

    /** Ignores {@code ?force}, because nodes report each second. */
    private CompletionStage<HttpResponse> nodes() {
        return CompletableFuture.completedFuture(
                Replies.json(DcosNetDocuments.nodes(data.nodes())));
    }

    private HttpResponse records() {
        List<ServedZone> zones = data.servedZones();
        return Replies.missing(zones)
                .map(DcosNetApi::unavailable)
                .orElseGet(() -> Replies.streamed(DcosNetDocuments.records(zones)));
    }

    private interface Named {
        JsonDocument document(List<ServedZone> zones, String name);
    }

    private HttpResponse named(String name, Named named) {
        List<ServedZone> zones = data.servedZones();
        return Replies.missing(DcosNetDocuments.zoneOf(zones, name).stream().toList())
                .map(DcosNetApi::unavailable)
                .orElseGet(() -> Replies.json(named.document(zones, name)));
    }

    private static HttpResponse unavailable(String why) {
        return Replies.text(StatusCodes.SERVICE_UNAVAILABLE, "503: " + why);
    }

    private static CompletionStage<HttpResponse> now(HttpResponse answer) {
        return CompletableFuture.completedFuture(answer);
    }

    /** Whether a media range of Accept covers the type with a quality above 0 (RFC 9110 12.5.1). */
    private static boolean accepts(HttpRequest request, String type) {
        String accept = request.getHeader("Accept").map(header -> header.value()).orElse("*/*");
        String family = type.substring(0, type.indexOf('/')) + "/*";
        for (String range : accept.toLowerCase(Locale.ROOT).split(",")) {
            String[] parts = range.replace(" ", "").split(";");
            boolean covers =
                    parts[0].equals(type) || parts[0].equals(family) || parts[0].equals("*/*");
            boolean refused = Stream.of(parts).anyMatch(part -> part.matches("q=0(\\.0*)?"));
            if (covers && !refused || type.equals("*/*")) {
                return true;
            }
        }
        return false;
    }
}

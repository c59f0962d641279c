package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceDefinition;
import io.meridian.sources.http.ApiResponse;
import io.meridian.sources.http.RequestFailedException;
import io.meridian.sources.http.Server;
import io.meridian.sources.json.Json;
import io.meridian.sources.json.UnreadableJson;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads listings, services and versions over HTTP. Stages never fail: a failure is {@link
 * ReadResult.Failed}. Thread-safe.
 */
final class MarathonReads {
    private static final DateTimeFormatter VERSION =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** Characters of Marathon's error message to show. */
    private static final int MAX_MESSAGE = 120;

    private static final String APPS = "/v2/apps";
    private static final String PODS = "/v2/pods";

    private final Get get;
    private final Executor parser;

    /** One REST request; see {@link MarathonHttp#get}. */
    @FunctionalInterface
    interface Get {
        CompletionStage<ApiResponse> get(Server server, String path);
    }

    /**
     * One resource of one API.
     *
     * @param parse reads a good response
     */
    private record Resource<T>(String path, Function<byte[], T> parse) {}

    /**
     * @param parser where responses are parsed; a listing blocks it for a while
     */
    MarathonReads(Get get, Executor parser) {
        this.get = get;
        this.parser = parser;
    }

    /**
     * Apps with their tasks, then pods.
     *
     * @param podsSeen whether this Marathon has ever listed a pod; a 404 of its pod API is then a
     *     failure and not a Marathon without pods
     */
    CompletionStage<ReadResult.OfListing> listing(Server server, boolean podsSeen) {
        return get.get(server, APPS + "?embed=apps.tasks")
                .thenComposeAsync(apps -> onApps(server, apps, podsSeen), parser)
                .exceptionally(MarathonReads::failed);
    }

    private CompletionStage<ReadResult.OfListing> onApps(
            Server server, ApiResponse response, boolean podsSeen) {
        if (!response.isOk() || isOtherLeader(server, response)) {
            return CompletableFuture.completedStage(listingRefused(server, APPS, response));
        }
        ListingReader.Part apps = ListingReader.apps(response.body());
        return get.get(server, PODS + "/::status")
                .thenApplyAsync(pods -> onPods(server, apps, pods, podsSeen), parser);
    }

    private static ReadResult.OfListing onPods(
            Server server, ListingReader.Part apps, ApiResponse response, boolean podsSeen) {
        if (response.status() == 404 && !podsSeen) {
            return new ReadResult.Listing(apps.readings(), apps.refused(), false);
        }
        if (!response.isOk() || isOtherLeader(server, response)) {
            return listingRefused(server, PODS + "/::status", response);
        }
        ListingReader.Part pods = ListingReader.pods(response.body());
        return new ReadResult.Listing(
                joined(apps.readings(), pods.readings()),
                joined(apps.refused(), pods.refused()),
                true);
    }

    private static ReadResult.OfListing listingRefused(
            Server server, String path, ApiResponse response) {
        return response.isOk()
                ? new ReadResult.LeaderDiffers(server.leader(), response.leader())
                : new ReadResult.Failed(path + " answered " + describe(response));
    }

    /** Marathon names the leader in most responses; a response without it counts as the same. */
    private static boolean isOtherLeader(Server server, ApiResponse response) {
        return !server.leader().isEmpty()
                && !response.leader().isEmpty()
                && !server.leader().equals(response.leader());
    }

    private static <T> List<T> joined(List<T> one, List<T> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    /**
     * Reads one service with its tasks. An id is an app's or a pod's, never both; for an unknown
     * kind, this reads from both APIs.
     *
     * @param podApi whether this Marathon has pods
     */
    CompletionStage<ReadResult.OfService> service(
            Server server, String id, ServiceKind kind, boolean podApi) {
        Resource<ReadResult.OfService> app =
                new Resource<>(
                        APPS + encoded(id) + "?embed=app.tasks",
                        body -> new ReadResult.Service(ListingReader.app(body)));
        Resource<ReadResult.OfService> pod =
                new Resource<>(
                        PODS + encoded(id) + "::status",
                        body -> new ReadResult.Service(ListingReader.pod(body)));
        return read(server, kind, podApi, app, pod, new ReadResult.NotDefined())
                .exceptionally(MarathonReads::failed);
    }

    /** Reads one version of one definition. */
    CompletionStage<ReadResult.OfVersion> version(
            Server server, String id, Instant version, ServiceKind kind, boolean podApi) {
        String text = VERSION.format(version);
        Resource<ReadResult.OfVersion> app =
                new Resource<>(
                        APPS + encoded(id) + "/versions/" + text,
                        body -> version(body, "app", version, AppReader::definition));
        Resource<ReadResult.OfVersion> pod =
                new Resource<>(
                        PODS + encoded(id) + "::versions/" + text,
                        body -> version(body, "spec", version, PodReader::definition));
        return read(server, kind, podApi, app, pod, new ReadResult.NotDefined())
                .exceptionally(MarathonReads::failed);
    }

    /**
     * The response is the definition itself or holds it in a field, depending on Marathon's
     * version.
     */
    private static ReadResult.OfVersion version(
            byte[] body, String field, Instant asked, Function<Json, ServiceDefinition> parse) {
        Json answer = ListingReader.tree(body).object();
        Json holder = answer.at(field).isAbsent() ? answer : answer.at(field).object();
        holder.at("id").name();
        ServiceDefinition definition = parse.apply(holder);
        if (!definition.covers(asked)) {
            throw new UnreadableJson("$.version", "is not the requested version " + asked);
        }
        return new ReadResult.Version(definition);
    }

    private <T> CompletionStage<T> read(
            Server server,
            ServiceKind kind,
            boolean podApi,
            Resource<T> app,
            Resource<T> pod,
            T notDefined) {
        return switch (kind) {
            case APP -> read(server, app, notDefined);
            case POD -> read(server, pod, notDefined);
            case UNKNOWN ->
                    read(server, app, notDefined)
                            .thenCompose(
                                    result ->
                                            result.equals(notDefined) && podApi
                                                    ? read(server, pod, notDefined)
                                                    : CompletableFuture.completedStage(result));
        };
    }

    private <T> CompletionStage<T> read(Server server, Resource<T> resource, T notDefined) {
        return get.get(server, resource.path())
                .thenApplyAsync(response -> parse(server, resource, response, notDefined), parser);
    }

    private static <T> T parse(
            Server server, Resource<T> resource, ApiResponse response, T notDefined) {
        if (saysNotDefined(response)) {
            return notDefined;
        }
        if (!response.isOk()) {
            throw new RequestFailedException(resource.path() + " answered " + describe(response));
        }
        if (isOtherLeader(server, response)) {
            throw new RequestFailedException(
                    resource.path() + " was answered by another leader, " + response.leader());
        }
        return resource.parse().apply(response.body());
    }

    private static ReadResult.Failed failed(Throwable failure) {
        return new ReadResult.Failed(RequestFailedException.describe(failure));
    }

    /**
     * Whether Marathon itself answered that the resource is not defined. A 404 with another message
     * may be a proxy's and proves nothing.
     */
    static boolean saysNotDefined(ApiResponse response) {
        return response.status() == 404 && message(response).contains("does not exist");
    }

    /** Status and message for logs. */
    static String describe(ApiResponse response) {
        String message = message(response);
        return "HTTP " + response.status() + (message.isEmpty() ? "" : ": " + message);
    }

    private static String message(ApiResponse response) {
        try {
            String message = ListingReader.tree(response.body()).at("message").textOr("");
            return message.length() > MAX_MESSAGE
                    ? message.substring(0, MAX_MESSAGE) + "..."
                    : message;
        } catch (UnreadableJson e) {
            return "";
        }
    }

    /** An id as a URL path, percent-encoded except for the characters of valid ids. */
    static String encoded(String id) {
        StringBuilder path = new StringBuilder(id.length());
        for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || "/-._~".indexOf(c) >= 0;
            path.append(
                    plain
                            ? String.valueOf(c)
                            : "%" + HexFormat.of().withUpperCase().toHexDigits(b));
        }
        return path.toString();
    }
}

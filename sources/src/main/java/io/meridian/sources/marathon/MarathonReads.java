package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.text.StorableText;
import io.meridian.sources.http.ApiResponse;
import io.meridian.sources.http.RequestFailedException;
import io.meridian.sources.http.Server;
import io.meridian.sources.json.Json;
import io.meridian.sources.json.UnreadableJson;

import org.jspecify.annotations.Nullable;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads listings, services and versions over HTTP. Stages never fail: a failure is {@link
 * ReadResult.Failed}. Thread-safe.
 */
final class MarathonReads {
    private static final DateTimeFormatter VERSION =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** Bytes of Marathon's error message to show. */
    private static final int MAX_MESSAGE = 120;

    /** Marathon 1.4's words for a pod that is not defined. */
    private static final Pattern NO_POD = Pattern.compile("^pod with (?:id )?/\\S* not found$");

    private static final String APPS = "/v2/apps";
    private static final String PODS = "/v2/pods";

    private final Get get;

    /** Reads one REST response; see {@link MarathonHttp#get}. */
    interface Get {
        <T> CompletionStage<T> get(Server server, String path, Function<ApiResponse, T> read);
    }

    /**
     * One resource of one API.
     *
     * @param parse reads a good response
     */
    private record Resource<T>(String path, Function<InputStream, T> parse) {}

    /**
     * A part of a listing, or what became of the listing instead.
     *
     * @param failure null if there are entries
     */
    private record Part(ListingReader.Part entries, ReadResult.@Nullable OfListing failure) {
        static Part failed(ReadResult.OfListing failure) {
            return new Part(ListingReader.Part.NONE, failure);
        }
    }

    MarathonReads(Get get) {
        this.get = get;
    }

    /**
     * Apps with their tasks, then pods.
     *
     * @param podsSeen whether this Marathon has ever listed a pod; a 404 of its pod API is then a
     *     failure and not a Marathon without pods
     */
    CompletionStage<ReadResult.OfListing> listing(Server server, boolean podsSeen) {
        return get.get(
                        server,
                        APPS + "?embed=apps.tasks",
                        response -> part(server, APPS, response, ListingReader::apps))
                .thenCompose(apps -> pods(server, apps, podsSeen))
                .exceptionally(MarathonReads::failed);
    }

    private CompletionStage<ReadResult.OfListing> pods(Server server, Part apps, boolean podsSeen) {
        if (apps.failure() != null) {
            return CompletableFuture.completedStage(apps.failure());
        }
        String path = PODS + "/::status";
        return get.get(
                server,
                path,
                response -> {
                    if (response.status() == 404 && !podsSeen) {
                        return new ReadResult.Listing(apps.entries(), false);
                    }
                    Part pods = part(server, path, response, ListingReader::pods);
                    return pods.failure() != null
                            ? pods.failure()
                            : new ReadResult.Listing(apps.entries().and(pods.entries()), true);
                });
    }

    private static Part part(
            Server server,
            String path,
            ApiResponse response,
            Function<InputStream, ListingReader.Part> parse) {
        if (!response.isOk()) {
            return Part.failed(new ReadResult.Failed(path + " answered " + describe(response)));
        }
        if (isOtherLeader(server, response)) {
            return Part.failed(new ReadResult.LeaderDiffers(server.leader(), response.leader()));
        }
        return new Part(parse.apply(response.body()), null);
    }

    /** Marathon names the leader in most responses; a response without it counts as the same. */
    private static boolean isOtherLeader(Server server, ApiResponse response) {
        return !server.leader().isEmpty()
                && !response.leader().isEmpty()
                && !server.leader().equals(response.leader());
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
            InputStream body,
            String field,
            Instant asked,
            Function<Json, ServiceDefinition> parse) {
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
        return get.get(
                server, resource.path(), response -> parse(server, resource, response, notDefined));
    }

    private static <T> T parse(
            Server server, Resource<T> resource, ApiResponse response, T notDefined) {
        if (!response.isOk()) {
            String message = message(response);
            if (saysNotDefined(response.status(), message)) {
                return notDefined;
            }
            throw new RequestFailedException(
                    resource.path() + " answered " + describe(response.status(), message));
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
    static boolean saysNotDefined(int status, String message) {
        return status == 404
                && (message.contains("does not exist") || NO_POD.matcher(message).find());
    }

    private static String describe(ApiResponse response) {
        return describe(response.status(), message(response));
    }

    /** Status and message for logs. */
    private static String describe(int status, String message) {
        return "HTTP " + status + (message.isEmpty() ? "" : ": " + message);
    }

    private static String message(ApiResponse response) {
        try {
            return StorableText.of(
                    ListingReader.tree(response.body()).at("message").textOr(""), MAX_MESSAGE);
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

package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceDefinition;
import io.meridian.sources.http.Refused;
import io.meridian.sources.json.Json;
import io.meridian.sources.json.UnreadableJson;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Reads listings, services and versions over HTTP. Its stages never fail: what goes wrong is {@link
 * Outcome.Failed}.
 */
final class MarathonReads {
    private static final DateTimeFormatter VERSION =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final Get get;
    private final Executor parser;

    /** One REST request; see {@link MarathonHttp#get}. */
    @FunctionalInterface
    interface Get {
        CompletionStage<Answer> get(StreamPart.Opened opened, String path);
    }

    /**
     * @param parser where answers are parsed; a listing may take a while
     */
    MarathonReads(Get get, Executor parser) {
        this.get = get;
        this.parser = parser;
    }

    /**
     * Apps with their tasks, then pods.
     *
     * @param podsSeen whether this Marathon ever had pods: then it can't have lost its pod API
     */
    CompletionStage<Outcome.OfListing> listing(StreamPart.Opened opened, boolean podsSeen) {
        return get.get(opened, "/v2/apps?embed=apps.tasks")
                .thenComposeAsync(
                        apps ->
                                apps.isOk() && sameLeader(opened, apps)
                                        ? pods(opened, apps, podsSeen)
                                        : CompletableFuture.completedStage(
                                                refused(opened, "/v2/apps", apps)),
                        parser)
                .exceptionally(e -> new Outcome.Failed(cause(e)));
    }

    private CompletionStage<Outcome.OfListing> pods(
            StreamPart.Opened opened, Answer answer, boolean podsSeen) {
        ListingReader.Part apps = ListingReader.apps(answer.body());
        return get.get(opened, "/v2/pods/::status")
                .thenApplyAsync(
                        pods -> {
                            if (pods.status() == 404 && !podsSeen) {
                                return new Outcome.Listing(apps.readings(), apps.refused(), false);
                            }
                            if (!pods.isOk() || !sameLeader(opened, pods)) {
                                return refused(opened, "/v2/pods/::status", pods);
                            }
                            ListingReader.Part part = ListingReader.pods(pods.body());
                            return new Outcome.Listing(
                                    joined(apps.readings(), part.readings()),
                                    joined(apps.refused(), part.refused()),
                                    true);
                        },
                        parser);
    }

    private static Outcome.OfListing refused(StreamPart.Opened opened, String path, Answer answer) {
        return answer.isOk()
                ? new Outcome.LeaderDiffers(opened.leader(), answer.leader())
                : new Outcome.Failed(path + " answered " + answer.describe());
    }

    private static boolean sameLeader(StreamPart.Opened opened, Answer answer) {
        return opened.leader().isEmpty()
                || answer.leader().isEmpty()
                || opened.leader().equals(answer.leader());
    }

    private static <T> List<T> joined(List<T> one, List<T> other) {
        List<T> all = new ArrayList<>(one);
        all.addAll(other);
        return all;
    }

    /**
     * One service with its tasks. An app and a pod can't have the same id, so one of unknown kind
     * is asked for as both.
     *
     * @param podApi whether this Marathon has pods at all
     */
    CompletionStage<Outcome.OfService> service(
            StreamPart.Opened opened, String id, ServiceKind kind, boolean podApi) {
        Either<Outcome.OfService> reader =
                new Either<>(
                        opened,
                        "/v2/apps" + encoded(id) + "?embed=app.tasks",
                        body -> new Outcome.Service(ListingReader.app(body)),
                        "/v2/pods" + encoded(id) + "::status",
                        body -> new Outcome.Service(ListingReader.pod(body)));
        return reader.read(kind, podApi, new Outcome.NotDefined(), Outcome.Failed::new);
    }

    /** One version of one definition. */
    CompletionStage<Outcome.OfVersion> version(
            StreamPart.Opened opened,
            String id,
            Instant version,
            ServiceKind kind,
            boolean podApi) {
        String text = VERSION.format(version);
        Either<Outcome.OfVersion> reader =
                new Either<>(
                        opened,
                        "/v2/apps" + encoded(id) + "/versions/" + text,
                        body -> version(body, "app", version, AppReader::definition),
                        "/v2/pods" + encoded(id) + "::versions/" + text,
                        body -> version(body, "spec", version, PodReader::definition));
        return reader.read(kind, podApi, new Outcome.NotDefined(), Outcome.Failed::new);
    }

    /**
     * The answer may be the definition itself or hold it in a field; without a readable version it
     * is none.
     */
    private static Outcome.OfVersion version(
            byte[] body, String field, Instant asked, Function<Json, ServiceDefinition> read) {
        Json answer = ListingReader.tree(body).object();
        Json holder = answer.at(field).isAbsent() ? answer : answer.at(field).object();
        holder.at("id").name();
        ServiceDefinition definition = read.apply(holder);
        if (!definition.covers(asked)) {
            throw new UnreadableJson(
                    "$.version", "is not the version that was asked for, " + asked);
        }
        return new Outcome.Version(definition);
    }

    /** Asks the app API, the pod API, or the one after the other. */
    private final class Either<T extends Outcome> {
        private final StreamPart.Opened opened;
        private final String appPath;
        private final Function<byte[], T> app;
        private final String podPath;
        private final Function<byte[], T> pod;

        Either(
                StreamPart.Opened opened,
                String appPath,
                Function<byte[], T> app,
                String podPath,
                Function<byte[], T> pod) {
            this.opened = opened;
            this.appPath = appPath;
            this.app = app;
            this.podPath = podPath;
            this.pod = pod;
        }

        CompletionStage<T> read(
                ServiceKind kind, boolean podApi, T notDefined, Function<String, T> failed) {
            BiFunction<String, Function<byte[], T>, CompletionStage<T>> one =
                    (path, read) ->
                            get.get(opened, path)
                                    .thenApplyAsync(
                                            answer ->
                                                    outcome(path, answer, read, notDefined, failed),
                                            parser);
            CompletionStage<T> result =
                    switch (kind) {
                        case APP -> one.apply(appPath, app);
                        case POD -> one.apply(podPath, pod);
                        case UNKNOWN ->
                                one.apply(appPath, app)
                                        .thenCompose(
                                                first ->
                                                        first.equals(notDefined) && podApi
                                                                ? one.apply(podPath, pod)
                                                                : CompletableFuture.completedStage(
                                                                        first));
                    };
            return result.exceptionally(e -> failed.apply(cause(e)));
        }

        private T outcome(
                String path,
                Answer answer,
                Function<byte[], T> read,
                T notDefined,
                Function<String, T> failed) {
            if (answer.saysNotDefined()) {
                return notDefined;
            }
            if (!answer.isOk()) {
                return failed.apply(path + " answered " + answer.describe());
            }
            return sameLeader(opened, answer)
                    ? read.apply(answer.body())
                    : failed.apply(path + " was answered by another leader, " + answer.leader());
        }
    }

    /** An id as a URL path; what ids are made of stays, anything else is percent-encoded. */
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

    /** One phrase for a failure. */
    static String cause(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return switch (cause) {
            case Refused refused -> refused.getMessage();
            case UnreadableJson json -> "unreadable answer: " + json.getMessage();
            case TimeoutException timeout ->
                    "timed out" + (timeout.getMessage() == null ? "" : ": " + timeout.getMessage());
            default ->
                    cause.getMessage() == null
                            ? cause.toString()
                            : cause.getClass().getSimpleName() + ": " + cause.getMessage();
        };
    }
}

package io.meridian.sources.mesos;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaRanges;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.Accept;
import akka.http.javadsl.model.headers.AcceptEncoding;
import akka.http.javadsl.model.headers.HttpEncoding;
import akka.http.javadsl.model.headers.HttpEncodingRange;
import akka.http.javadsl.model.headers.HttpEncodings;
import akka.http.javadsl.settings.ClientConnectionSettings;
import akka.http.javadsl.settings.ConnectionPoolSettings;
import akka.stream.javadsl.Source;

import io.meridian.sources.http.Connections;
import io.meridian.sources.http.RedirectPolicy;
import io.meridian.sources.http.Refused;
import io.meridian.sources.http.TlsContexts;

import scala.jdk.javaapi.DurationConverters;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * HTTP to the Mesos masters: the event stream on a connection of its own, everything else through a
 * small pool, nothing retried here. Redirects keep scheme, method, body and, to trusted hosts,
 * credentials.
 */
final class MesosHttp {
    private static final String SUBSCRIBE = "{\"type\":\"SUBSCRIBE\"}";

    /** Answers of masters that know no such call: before the v1 API, or before its events. */
    private static final Set<Integer> NOT_KNOWN = Set.of(400, 404, 405, 501);

    private static final int MOST_HOPS = 2;

    /** Digits and line end before a record, at most. */
    private static final int LENGTH_LINE = 16;

    /** Shorter than servers keep an idle connection: one that they close under us fails a read. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    private final ActorSystem<?> system;
    private final MesosSettings settings;
    private final Supplier<RedirectPolicy> redirects;
    private final Connections connections;
    private final ClientConnectionSettings streamConnection;
    private final ConnectionPoolSettings pool;

    /**
     * An answer that is no redirect.
     *
     * @param base where it came from
     */
    record Answer(int status, byte[] body, URI base) {
        boolean isOk() {
            return status == 200;
        }

        /** Whether the master knows no such call. */
        boolean isNotKnown() {
            return NOT_KNOWN.contains(status);
        }
    }

    /**
     * @param redirects where requests may be sent, by what is known of the masters now
     */
    MesosHttp(ActorSystem<?> system, MesosSettings settings, Supplier<RedirectPolicy> redirects) {
        this.system = system;
        this.settings = settings;
        this.redirects = redirects;
        connections =
                new Connections(system, TlsContexts.client(settings.tls(), MesosSettings.PREFIX));
        ClientConnectionSettings byDefault =
                ClientConnectionSettings.create(system.classicSystem());
        ClientConnectionSettings connection =
                byDefault
                        .withConnectingTimeout(
                                DurationConverters.toScala(settings.connectTimeout()))
                        .withParserSettings(
                                byDefault.getParserSettings().withMaxChunkSize(largestChunk()));
        // How long the stream may be silent is for the master to say: see MesosSource.
        streamConnection = connection.withIdleTimeout(scala.concurrent.duration.Duration.Inf());
        pool =
                ConnectionPoolSettings.create(system.classicSystem())
                        .withMaxRetries(0) // a retry here would hide a failure from the backoff
                        .withMaxConnections(2)
                        .withMaxOpenRequests(16)
                        .withKeepAliveTimeout(DurationConverters.toScala(KEEP_ALIVE))
                        .withConnectionSettings(
                                connection.withIdleTimeout(
                                        DurationConverters.toScala(settings.requestTimeout())));
    }

    /** Mesos writes a record, be it the whole state, as one chunk with its length before it. */
    private int largestChunk() {
        return (int) Math.min(Integer.MAX_VALUE, settings.recordMaxSize() + LENGTH_LINE);
    }

    /**
     * One subscription: {@link StreamPart.Opened}, then bytes until the end; or {@link
     * StreamPart.Unsupported}. Fails with {@link Refused} if it is not given, or with what the
     * connection says.
     *
     * @param base of a master that is known
     */
    Source<StreamPart, NotUsed> subscribe(URI base) {
        return connect(base, base, 0).takeWhile(part -> !(part instanceof StreamPart.Ended));
    }

    /** One connection; it is closed with the last part, whether or not Mesos would have kept it. */
    private Source<StreamPart, NotUsed> connect(URI base, URI from, int hops) {
        return Source.completionStage(headers(base, from))
                .flatMapConcat(
                        headers ->
                                // The request side stays open: closing it would close the
                                // connection under the answer.
                                Source.single(
                                                post(Connections.path(base), SUBSCRIBE)
                                                        .addHeaders(
                                                                all(
                                                                        headers,
                                                                        HttpEncodings.IDENTITY)))
                                        .concat(Source.maybe())
                                        .via(connections.alone(base, streamConnection)))
                .flatMapConcat(response -> answered(response, base, from, hops))
                .takeWhile(
                        part ->
                                part instanceof StreamPart.Opened
                                        || part instanceof StreamPart.Bytes,
                        true)
                .flatMapConcat(
                        part ->
                                part instanceof StreamPart.Redirected(URI target)
                                        ? connect(target, from, hops + 1)
                                        : Source.single(part));
    }

    private Source<StreamPart, NotUsed> answered(
            HttpResponse response, URI base, URI from, int hops) {
        int status = response.status().intValue();
        boolean json =
                response.entity().getContentType().mediaType().equals(MediaTypes.APPLICATION_JSON);
        if (status == 200 && json) {
            Source<StreamPart, ?> bytes =
                    response.entity()
                            .withoutSizeLimit()
                            .getDataBytes()
                            .map(chunk -> new StreamPart.Bytes(chunk.toArray()));
            return Source.<StreamPart>single(new StreamPart.Opened(base, from))
                    .concat(bytes)
                    .concat(Source.single(new StreamPart.Ended()));
        }
        response.discardEntityBytes(system);
        if (response.status().isRedirection()) {
            return Source.single(
                    new StreamPart.Redirected(
                            target(response, base, MesosSettings.ENDPOINT, hops)));
        }
        if (NOT_KNOWN.contains(status)) {
            return Source.single(new StreamPart.Unsupported(base, from, status));
        }
        throw refused(base, from, MesosSettings.ENDPOINT, status, response);
    }

    private URI target(HttpResponse response, URI base, String endpoint, int hops) {
        String location = response.getHeader("Location").map(HttpHeader::value).orElse("");
        Optional<URI> target = redirects.get().follow(base, endpoint, location);
        if (target.isEmpty()) {
            throw new Refused(
                    base
                            + " sends us to \""
                            + location
                            + "\", which allowed-redirect-hosts does not allow or which is no "
                            + endpoint);
        }
        if (hops >= MOST_HOPS) {
            throw new Refused(base + " sends us on to " + location + ", one master too many");
        }
        return target.get();
    }

    private Refused refused(
            URI base, URI from, String endpoint, int status, HttpResponse response) {
        boolean withheld =
                settings.credentials().any() && !redirects.get().mayCarryCredentials(base, from);
        String why =
                switch (status) {
                    case 200 ->
                            "with "
                                    + response.entity().getContentType()
                                    + ", not JSON; is this a Mesos master?";
                    case 401, 403 ->
                            status
                                    + (withheld
                                            ? ": credentials were not sent there, add "
                                                    + base.getHost()
                                                    + " to allowed-redirect-hosts"
                                            : ": check " + MesosSettings.PREFIX + ".credentials");
                    case 406, 415 ->
                            status
                                    + ": the content type did not arrive as application/json; is a"
                                    + " proxy in between?";
                    case 502, 503 -> status + ": no leader is ready";
                    default -> String.valueOf(status);
                };
        return new Refused(base + endpoint + " answered " + why);
    }

    /**
     * The answer to a call of the v1 API.
     *
     * @param from where we asked first; the same as {@code base} if it is a configured one
     */
    CompletionStage<Answer> call(URI base, URI from, String type) {
        return within(send(base, from, MesosSettings.ENDPOINT, "{\"type\":\"" + type + "\"}", 0));
    }

    /** The answer to a GET. */
    CompletionStage<Answer> get(URI base, URI from, String path) {
        return within(send(base, from, path, "", 0));
    }

    /**
     * @param body empty for a GET
     */
    private CompletableFuture<Answer> send(URI base, URI from, String path, String body, int hops) {
        return headers(base, from)
                .thenCompose(
                        headers -> {
                            HttpRequest request =
                                    body.isEmpty()
                                            ? HttpRequest.GET(base + path)
                                            : post(base.toString(), body);
                            return connections.pooled(
                                    request.addHeaders(all(headers, HttpEncodings.GZIP)), pool);
                        })
                .thenCompose(
                        response -> {
                            if (!response.status().isRedirection()) {
                                return body(response, base);
                            }
                            response.discardEntityBytes(system);
                            return send(
                                    target(response, base, path, hops), from, path, body, hops + 1);
                        })
                .toCompletableFuture();
    }

    private CompletionStage<Answer> within(CompletableFuture<Answer> answer) {
        return answer.orTimeout(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletionStage<Answer> body(HttpResponse response, URI base) {
        int status = response.status().intValue();
        return connections
                .body(response, settings.stateMaxSize(), settings.requestTimeout())
                .thenApply(bytes -> new Answer(status, bytes, base));
    }

    private CompletionStage<List<HttpHeader>> headers(URI base, URI from) {
        return redirects.get().mayCarryCredentials(base, from)
                ? settings.credentials().headers()
                : CompletableFuture.completedStage(List.of());
    }

    /** Mesos refuses a content type with a charset, so none may be added. */
    private static HttpRequest post(String base, String body) {
        return HttpRequest.POST(base + MesosSettings.ENDPOINT)
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, body));
    }

    private static List<HttpHeader> all(List<HttpHeader> authorization, HttpEncoding encoding) {
        List<HttpHeader> all = new ArrayList<>(authorization);
        all.add(Accept.create(MediaRanges.create(MediaTypes.APPLICATION_JSON)));
        all.add(AcceptEncoding.create(HttpEncodingRange.create(encoding)));
        return all;
    }
}

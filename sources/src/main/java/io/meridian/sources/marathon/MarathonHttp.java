package io.meridian.sources.marathon;

import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaRanges;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.Accept;
import akka.http.javadsl.model.headers.AcceptEncoding;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * HTTP to one Marathon: the event stream on a connection of its own, REST through a small pool,
 * nothing retried here.
 */
final class MarathonHttp {
    private static final String LEADER = "X-Marathon-Leader";

    /**
     * Shorter than servers keep an idle connection (Jetty: 30 s): one that they close under us is a
     * failed read.
     */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    private final ActorSystem<?> system;
    private final MarathonSettings settings;
    private final RedirectPolicy redirects;
    private final Connections connections;
    private final ClientConnectionSettings streamConnection;
    private final ConnectionPoolSettings pool;

    MarathonHttp(ActorSystem<?> system, MarathonSettings settings) {
        this.system = system;
        this.settings = settings;
        redirects = settings.redirects();
        connections =
                new Connections(
                        system, TlsContexts.client(settings.tls(), MarathonSettings.PREFIX));
        streamConnection =
                ClientConnectionSettings.create(system.classicSystem())
                        .withConnectingTimeout(
                                DurationConverters.toScala(settings.connectTimeout()))
                        .withIdleTimeout(DurationConverters.toScala(settings.readTimeout()));
        pool =
                ConnectionPoolSettings.create(system.classicSystem())
                        .withMaxRetries(0) // a retry here would hide a failure from the backoff
                        .withMaxConnections(settings.rereadsInFlight() + 1)
                        .withMaxOpenRequests(64)
                        .withKeepAliveTimeout(DurationConverters.toScala(KEEP_ALIVE))
                        .withConnectionSettings(
                                ClientConnectionSettings.create(system.classicSystem())
                                        .withConnectingTimeout(
                                                DurationConverters.toScala(
                                                        settings.connectTimeout()))
                                        .withIdleTimeout(
                                                DurationConverters.toScala(
                                                        settings.requestTimeout())));
    }

    /**
     * One event stream: {@link StreamPart.Opened}, then bytes until the end. Fails with {@link
     * Refused} if it is not given, or with what the connection says.
     *
     * @param base one of the configured URLs
     */
    Source<StreamPart, NotUsed> events(URI base) {
        return connect(base, base, 0)
                .flatMapConcat(
                        part ->
                                part instanceof StreamPart.Redirected redirected
                                        ? connect(redirected.target(), base, 1)
                                        : Source.single(part))
                .takeWhile(part -> !(part instanceof StreamPart.Ended));
    }

    /**
     * One connection; it is closed with the last part, whether or not Marathon would have kept it.
     */
    private Source<StreamPart, NotUsed> connect(URI base, URI from, int hops) {
        return Source.completionStage(headers(base, from))
                .flatMapConcat(
                        headers -> {
                            List<HttpHeader> all = new ArrayList<>(headers);
                            // Marathon compares the whole value; a proxy may compress a stream
                            // until it stalls
                            all.add(
                                    Accept.create(
                                            MediaRanges.create(MediaTypes.TEXT_EVENT_STREAM)));
                            all.add(
                                    AcceptEncoding.create(
                                            HttpEncodingRange.create(HttpEncodings.IDENTITY)));
                            HttpRequest request =
                                    HttpRequest.GET(
                                                    Connections.path(base)
                                                            + "/v2/events?plan-format=light")
                                            .addHeaders(all);
                            // The request side stays open: closing it would close the connection
                            // under the answer.
                            return Source.single(request)
                                    .concat(Source.maybe())
                                    .via(connections.alone(base, streamConnection));
                        })
                .flatMapConcat(response -> answered(response, base, from, hops))
                .takeWhile(
                        part ->
                                !(part instanceof StreamPart.Ended
                                        || part instanceof StreamPart.Redirected),
                        true);
    }

    private Source<StreamPart, NotUsed> answered(
            HttpResponse response, URI base, URI from, int hops) {
        int status = response.status().intValue();
        boolean events =
                response.entity().getContentType().mediaType().equals(MediaTypes.TEXT_EVENT_STREAM);
        if (status == 200 && events) {
            String leader = leader(response);
            Source<StreamPart, ?> bytes =
                    response.entity()
                            .withoutSizeLimit()
                            .getDataBytes()
                            .idleTimeout(settings.readTimeout())
                            .map(chunk -> new StreamPart.Bytes(chunk.toArray()));
            return Source.<StreamPart>single(new StreamPart.Opened(base, from, leader))
                    .concat(bytes)
                    .concat(Source.single(new StreamPart.Ended()));
        }
        response.discardEntityBytes(system);
        String location = response.getHeader("Location").map(HttpHeader::value).orElse("");
        if (response.status().isRedirection() && !location.isEmpty()) {
            Optional<URI> target = redirects.follow(base, location);
            if (target.isEmpty()) {
                throw new Refused(
                        base
                                + " sends us to "
                                + location
                                + ", which allowed-redirect-hosts does not allow"
                                + " or which is no event stream");
            }
            if (hops > 0) {
                throw new Refused(
                        base + " sends us on to " + location + " after " + from + " sent us to it");
            }
            return Source.single(new StreamPart.Redirected(target.get()));
        }
        throw new Refused(base + "/v2/events answered " + explain(status, response, base, from));
    }

    private String explain(int status, HttpResponse response, URI base, URI from) {
        boolean withheld =
                settings.credentials().any() && !redirects.mayCarryCredentials(base, from);
        return switch (status) {
            case 200 ->
                    "with "
                            + response.entity().getContentType()
                            + ", not an event stream; is this Marathon?";
            case 401, 403 ->
                    status
                            + (withheld
                                    ? ": credentials were not sent there, add "
                                            + base.getHost()
                                            + " to allowed-redirect-hosts"
                                    : ": check " + MarathonSettings.PREFIX + ".credentials");
            case 405 ->
                    "405: the Accept header did not arrive as text/event-stream; is a proxy in"
                            + " between?";
            case 502, 503 -> status + ": no leader is ready";
            default -> String.valueOf(status);
        };
    }

    /**
     * One REST answer, whatever its status. Fails on timeouts, lost connections and answers that
     * are too large.
     *
     * @param opened where the stream is
     * @param path with query, from {@code /v2}
     */
    CompletionStage<Answer> get(StreamPart.Opened opened, String path) {
        URI base = opened.base();
        CompletableFuture<Answer> answer =
                headers(base, opened.from())
                        .thenCompose(
                                headers -> {
                                    List<HttpHeader> all = new ArrayList<>(headers);
                                    all.add(
                                            Accept.create(
                                                    MediaRanges.create(
                                                            MediaTypes.APPLICATION_JSON)));
                                    all.add(
                                            AcceptEncoding.create(
                                                    HttpEncodingRange.create(HttpEncodings.GZIP)));
                                    HttpRequest request =
                                            HttpRequest.GET(base + path).addHeaders(all);
                                    return connections.pooled(request, pool);
                                })
                        .thenCompose(this::body)
                        .toCompletableFuture();
        return answer.orTimeout(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletionStage<Answer> body(HttpResponse response) {
        int status = response.status().intValue();
        String leader = leader(response);
        return connections
                .body(response, settings.listingMaxSize(), settings.requestTimeout())
                .thenApply(bytes -> new Answer(status, bytes, leader));
    }

    private CompletionStage<List<HttpHeader>> headers(URI base, URI from) {
        return redirects.mayCarryCredentials(base, from)
                ? settings.credentials().headers()
                : CompletableFuture.completedStage(List.of());
    }

    /** {@code host:port}, without the scheme that Marathon puts before it. */
    private static String leader(HttpResponse response) {
        String value = response.getHeader(LEADER).map(HttpHeader::value).orElse("");
        int scheme = value.indexOf("://");
        return scheme < 0 ? value : value.substring(scheme + 3);
    }
}

package io.meridian.sources.http;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.HttpsConnectionContext;
import akka.http.javadsl.OutgoingConnectionBuilder;
import akka.http.javadsl.coding.Coder;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.HttpEncodings;
import akka.http.javadsl.settings.ClientConnectionSettings;
import akka.http.javadsl.settings.ConnectionPoolSettings;
import akka.stream.Attributes;
import akka.stream.StreamLimitReachedException;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.StreamConverters;

import io.meridian.domain.text.StorableText;

import scala.jdk.javaapi.DurationConverters;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * HTTP client of one source: dedicated connections for event streams, a small pool for everything
 * else, credentials only where {@link RedirectPolicy} allows them. Never retries, so that every
 * failure reaches the caller's backoff. Thread-safe.
 */
public final class ApiClient {
    /** Bytes to read of an error response. */
    private static final long MAX_ERROR_BODY = 64 << 10;

    /**
     * How long an idle connection is kept. Shorter than the servers' own limit (Jetty's is 30 s): a
     * connection that the server closes meanwhile would fail the next request.
     */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

    private static final int MAX_OPEN_REQUESTS = 64;

    private final ActorSystem<?> system;
    private final String prefix;
    private final ConnectionSettings settings;
    private final Limits limits;
    private final Supplier<RedirectPolicy> redirects;
    private final Executor readers;
    private final HttpsConnectionContext https;
    private final ClientConnectionSettings streamConnection;
    private final ConnectionPoolSettings pool;

    /**
     * @param maxConnections of the pool
     * @param maxBody bytes of a response after decompression; a larger one is a failure
     * @param maxBodyKey setting of that limit, for messages
     * @param maxChunk bytes of one HTTP chunk; a larger one breaks the connection
     */
    public record Limits(int maxConnections, long maxBody, String maxBodyKey, long maxChunk) {}

    /**
     * @param prefix of the settings' keys, for messages
     * @param redirects gives the policy in force; called for every request, from any thread
     * @param readers where responses are read; a listing blocks a thread while it arrives
     * @throws BadSettingException if the TLS authorities can't be read
     */
    public ApiClient(
            ActorSystem<?> system,
            String prefix,
            ConnectionSettings settings,
            Limits limits,
            Supplier<RedirectPolicy> redirects,
            Executor readers) {
        this.system = system;
        this.prefix = prefix;
        this.settings = settings;
        this.limits = limits;
        this.redirects = redirects;
        this.readers = readers;
        https = TlsContexts.client(settings.tls(), prefix);
        ClientConnectionSettings defaults = ClientConnectionSettings.create(system.classicSystem());
        int maxChunk = (int) Math.min(Integer.MAX_VALUE, limits.maxChunk());
        ClientConnectionSettings connection =
                defaults.withConnectingTimeout(
                                DurationConverters.toScala(settings.connectTimeout()))
                        .withParserSettings(
                                defaults.getParserSettings().withMaxChunkSize(maxChunk));
        // Subscription limits the silence of a stream.
        streamConnection = connection.withIdleTimeout(scala.concurrent.duration.Duration.Inf());
        pool =
                ConnectionPoolSettings.create(system.classicSystem())
                        .withMaxRetries(0)
                        .withMaxConnections(limits.maxConnections())
                        .withMaxOpenRequests(MAX_OPEN_REQUESTS)
                        .withKeepAliveTimeout(DurationConverters.toScala(KEEP_ALIVE))
                        .withResponseEntitySubscriptionTimeout(
                                DurationConverters.toScala(settings.requestTimeout()))
                        .withConnectionSettings(
                                connection.withIdleTimeout(
                                        DurationConverters.toScala(settings.requestTimeout())));
    }

    /**
     * One request through the pool.
     *
     * @param request without credentials, with an absolute URI
     * @param leader reads {@link ApiResponse#leader}
     * @param read reads a response that is no redirect, with any status
     * @return fails if {@code read} does, on a timeout, a lost connection, or a body beyond the
     *     limit
     */
    public <T> CompletionStage<T> send(
            Server server,
            HttpRequest request,
            Function<HttpResponse, String> leader,
            Function<ApiResponse, T> read) {
        return withTimeout(
                exchange(server, request)
                        .thenApplyAsync(
                                response -> read(server.base(), response, leader, read), readers));
    }

    /**
     * One request through the pool, following redirects to the same path of other servers.
     *
     * @param path below the base URL
     * @param request makes the request for a base URL
     * @param read as in {@link #send}
     */
    public <T> CompletionStage<T> sendFollowing(
            Server server,
            String path,
            Function<URI, HttpRequest> request,
            int maxRedirects,
            Function<ApiResponse, T> read) {
        return withTimeout(follow(server, path, request, 0, maxRedirects, read));
    }

    private <T> CompletionStage<T> follow(
            Server server,
            String path,
            Function<URI, HttpRequest> request,
            int redirects,
            int maxRedirects,
            Function<ApiResponse, T> read) {
        return exchange(server, request.apply(server.base()))
                .thenComposeAsync(
                        response -> {
                            if (!response.status().isRedirection()) {
                                return CompletableFuture.completedStage(
                                        read(server.base(), response, _ -> "", read));
                            }
                            discard(response);
                            Server to = redirected(response, server, path, redirects, maxRedirects);
                            return follow(to, path, request, redirects + 1, maxRedirects, read);
                        },
                        readers);
    }

    private CompletionStage<HttpResponse> exchange(Server server, HttpRequest request) {
        return credentials(server)
                .thenCompose(
                        headers ->
                                Http.get(system)
                                        .singleRequest(
                                                request.addHeaders(headers),
                                                https,
                                                pool,
                                                system.classicSystem().log()))
                .exceptionallyCompose(
                        failure ->
                                CompletableFuture.failedStage(
                                        RequestFailedException.toReach(server, failure)));
    }

    private <T> CompletionStage<T> withTimeout(CompletionStage<T> response) {
        return response.toCompletableFuture()
                .orTimeout(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Reads a response on this thread. The body of an error response only completes the message, so
     * a failure to read that body is ignored.
     */
    private <T> T read(
            URI base,
            HttpResponse response,
            Function<HttpResponse, String> leader,
            Function<ApiResponse, T> read) {
        int status = response.status().intValue();
        try (InputStream body = body(response, status == 200 ? limits.maxBody() : MAX_ERROR_BODY)) {
            InputStream shown = status == 200 ? body : new ByteArrayInputStream(start(body));
            return read.apply(new ApiResponse(base, status, leader.apply(response), shown));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private InputStream body(HttpResponse response, long limit) {
        HttpResponse plain =
                response.encoding().equals(HttpEncodings.GZIP)
                        ? Coder.Gzip.decodeMessage(response)
                        : response;
        String tooLarge =
                "the response is larger than %d bytes (%s.%s, at most a fifth of the heap)"
                        .formatted(limit, prefix, limits.maxBodyKey());
        return plain.entity()
                .withoutSizeLimit()
                .getDataBytes()
                .limitWeighted(limit, chunk -> (long) chunk.size())
                .mapError(
                        StreamLimitReachedException.class,
                        _ -> new RequestFailedException(tooLarge))
                .completionTimeout(settings.requestTimeout())
                .runWith(
                        StreamConverters.asInputStream(settings.requestTimeout())
                                .withAttributes(Attributes.inputBuffer(1, 1)),
                        system);
    }

    private static byte[] start(InputStream body) {
        try {
            return body.readAllBytes();
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /** A connection for one stream. */
    Flow<HttpRequest, HttpResponse, ?> connection(URI base) {
        boolean secure = "https".equalsIgnoreCase(base.getScheme());
        int port = base.getPort() >= 0 ? base.getPort() : secure ? 443 : 80;
        OutgoingConnectionBuilder builder =
                Http.get(system)
                        .connectionTo(base.getHost())
                        .toPort(port)
                        .withClientConnectionSettings(streamConnection);
        return secure ? builder.withCustomHttpsConnectionContext(https).https() : builder.http();
    }

    void discard(HttpResponse response) {
        response.discardEntityBytes(system);
    }

    /** {@code Authorization} for requests to this server; none if it may not have it. */
    CompletionStage<List<HttpHeader>> credentials(Server server) {
        return redirects.get().mayCarryCredentials(server.base(), server.origin())
                ? settings.credentials().headers()
                : CompletableFuture.completedStage(List.of());
    }

    /** What to check after 401 or 403. */
    String checkCredentials(Server server) {
        boolean withheld =
                settings.credentials().any()
                        && !redirects.get().mayCarryCredentials(server.base(), server.origin());
        return withheld
                ? "credentials were not sent there, add "
                        + server.base().getHost()
                        + " to allowed-redirect-hosts"
                : "check " + prefix + ".credentials";
    }

    /**
     * The server that a redirect leads to.
     *
     * @param followed redirects before this one
     * @throws RequestFailedException if it must not be followed; names both servers and the reason
     */
    Server redirected(
            HttpResponse response, Server server, String endpoint, int followed, int max) {
        String location =
                StorableText.of(
                        response.getHeader("Location").map(HttpHeader::value).orElse(""), 200);
        String redirect = server.base() + " redirects to \"" + location + "\"";
        URI target;
        try {
            target = redirects.get().follow(server.base(), endpoint, location);
        } catch (RedirectPolicy.Refused refused) {
            throw new RequestFailedException(redirect + ", " + refused.getMessage());
        }
        if (followed >= max) {
            throw new RequestFailedException(redirect + " after " + followed + " redirects");
        }
        return new Server(target, server.origin(), "");
    }

    /** Path prefix of a base URL; may be empty. */
    public static String path(URI base) {
        return base.getRawPath() == null ? "" : base.getRawPath();
    }
}

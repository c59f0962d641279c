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
import akka.stream.javadsl.Flow;

import scala.jdk.javaapi.DurationConverters;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
    private final HttpsConnectionContext https;
    private final ClientConnectionSettings streamConnection;
    private final ConnectionPoolSettings pool;

    /**
     * @param maxConnections of the pool
     * @param maxBody bytes of a response after decompression; a larger one is a failure
     * @param maxChunk bytes of one HTTP chunk; a larger one breaks the connection
     */
    public record Limits(int maxConnections, long maxBody, long maxChunk) {}

    /**
     * @param prefix of the settings' keys, for messages
     * @param redirects gives the policy in force; called for every request, from any thread
     * @throws BadSettingException if the TLS authorities can't be read
     */
    public ApiClient(
            ActorSystem<?> system,
            String prefix,
            ConnectionSettings settings,
            Limits limits,
            Supplier<RedirectPolicy> redirects) {
        this.system = system;
        this.prefix = prefix;
        this.settings = settings;
        this.limits = limits;
        this.redirects = redirects;
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
                        .withConnectionSettings(
                                connection.withIdleTimeout(
                                        DurationConverters.toScala(settings.requestTimeout())));
    }

    /**
     * One request through the pool.
     *
     * @param request without credentials, with an absolute URI
     * @param leader reads {@link ApiResponse#leader}
     * @return any response that is no redirect, with any status; fails on a timeout, a lost
     *     connection, or a body beyond the limit
     */
    public CompletionStage<ApiResponse> send(
            Server server, HttpRequest request, Function<HttpResponse, String> leader) {
        return withTimeout(
                exchange(server, request)
                        .thenCompose(response -> read(server.base(), response, leader)));
    }

    /**
     * One request through the pool, following redirects to the same path of other servers.
     *
     * @param path below the base URL
     * @param request makes the request for a base URL
     */
    public CompletionStage<ApiResponse> sendFollowing(
            Server server, String path, Function<URI, HttpRequest> request, int maxRedirects) {
        return withTimeout(follow(server, path, request, 0, maxRedirects));
    }

    private CompletionStage<ApiResponse> follow(
            Server server,
            String path,
            Function<URI, HttpRequest> request,
            int redirects,
            int maxRedirects) {
        return exchange(server, request.apply(server.base()))
                .thenCompose(
                        response -> {
                            if (!response.status().isRedirection()) {
                                return read(server.base(), response, _ -> "");
                            }
                            discard(response);
                            Server to = redirected(response, server, path, redirects, maxRedirects);
                            return follow(to, path, request, redirects + 1, maxRedirects);
                        });
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
                                                system.classicSystem().log()));
    }

    private <T> CompletionStage<T> withTimeout(CompletionStage<T> response) {
        return response.toCompletableFuture()
                .orTimeout(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Reads a response. The body of an error response only completes the message, so a failure to
     * read that body is ignored.
     */
    private CompletionStage<ApiResponse> read(
            URI base, HttpResponse response, Function<HttpResponse, String> leader) {
        int status = response.status().intValue();
        long limit = status == 200 ? limits.maxBody() : MAX_ERROR_BODY;
        HttpResponse plain =
                response.encoding().equals(HttpEncodings.GZIP)
                        ? Coder.Gzip.decodeMessage(response)
                        : response;
        CompletionStage<byte[]> bytes =
                plain.entity()
                        .withSizeLimit(limit)
                        .toStrict(settings.requestTimeout().toMillis(), limit, system)
                        .thenApply(strict -> strict.getData().toArray());
        CompletionStage<byte[]> body =
                status == 200 ? bytes : bytes.exceptionally(_ -> new byte[0]);
        return body.thenApply(read -> new ApiResponse(base, status, leader.apply(response), read));
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
     * @throws RequestFailedException if it must not be followed
     */
    Server redirected(
            HttpResponse response, Server server, String endpoint, int followed, int max) {
        String location = response.getHeader("Location").map(HttpHeader::value).orElse("");
        String redirect = server.base() + " redirects to \"" + location + "\"";
        URI target =
                redirects
                        .get()
                        .follow(server.base(), endpoint, location)
                        .orElseThrow(
                                () ->
                                        new RequestFailedException(
                                                redirect
                                                        + ", which allowed-redirect-hosts does not"
                                                        + " allow or which is not "
                                                        + endpoint));
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

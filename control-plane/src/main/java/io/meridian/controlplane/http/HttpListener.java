package io.meridian.controlplane.http;

import akka.Done;
import akka.NotUsed;
import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.settings.ServerSettings;
import akka.japi.function.Function;
import akka.stream.TLSProtocol.SslTlsInbound;
import akka.stream.TLSProtocol.SslTlsOutbound;
import akka.stream.javadsl.BidiFlow;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.TLSPlacebo;
import akka.stream.javadsl.Tcp;
import akka.util.ByteString;

import io.meridian.controlplane.config.Configuration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Opens this node's HTTP ports. A client must send each whole request, and take each part of an
 * answer, within {@code meridian.http.idle-timeout}; {@link HttpConnections} has the limits.
 */
public final class HttpListener {
    private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
    private static final long SECONDS = 20;
    private static final long LONGEST_BODY = 64 << 10;
    private static final Duration WATCH = Duration.ofMillis(250);

    private final ActorSystem<?> system;
    private final Configuration configuration;
    private final HttpSettings settings;

    public HttpListener(ActorSystem<?> system, Configuration configuration, HttpSettings settings) {
        this.system = system;
        this.configuration = configuration;
        this.settings = settings;
    }

    /**
     * Listens until the actor system ends. The handler gets a request with its whole body.
     *
     * @param key key of the setting, without "meridian.", for the error message
     * @param head whether a HEAD request is answered as a GET request without its body
     * @return the address, with the port that the system chose for port 0
     * @throws io.meridian.controlplane.config.ConfigurationException if the address cannot be bound
     */
    public InetSocketAddress open(
            String key,
            InetSocketAddress listen,
            boolean head,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler) {
        ServerSettings http =
                ServerSettings.create(system.classicSystem()).withTransparentHeadRequests(head);
        HttpConnections connections = new HttpConnections(settings);
        try {
            InetSocketAddress bound =
                    Tcp.get(system)
                            .bind(
                                    listen.getAddress().getHostAddress(),
                                    listen.getPort(),
                                    http.getBacklog(),
                                    http.getSocketOptions(),
                                    false,
                                    Optional.empty())
                            .to(Sink.foreach(client -> accept(client, connections, http, handler)))
                            .run(system)
                            .toCompletableFuture()
                            .get(SECONDS, TimeUnit.SECONDS)
                            .localAddress();
            system.scheduler()
                    .scheduleWithFixedDelay(
                            WATCH, WATCH, connections::closeOverdue, system.executionContext());
            return bound;
        } catch (ExecutionException refused) {
            throw refused(key, listen, causeOf(refused));
        } catch (TimeoutException late) {
            throw refused(key, listen, "the bind did not complete within " + SECONDS + " s");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw refused(key, listen, "interrupted");
        }
    }

    private static String causeOf(ExecutionException failed) {
        Throwable cause = failed.getCause();
        return String.valueOf((cause == null ? failed : cause).getMessage());
    }

    private void accept(
            Tcp.IncomingConnection client,
            HttpConnections connections,
            ServerSettings http,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler) {
        HttpConnection connection = new HttpConnection(client.remoteAddress().getAddress());
        Flow<ByteString, ByteString, NotUsed> tcp = client.flow();
        if (!connections.admit(connection)) {
            connection.close();
        }
        Flow<HttpRequest, HttpResponse, NotUsed> answers =
                Flow.of(HttpRequest.class)
                        .mapAsync(1, request -> answer(request, connection, handler));
        BidiFlow<ByteString, ByteString, ByteString, ByteString, NotUsed> guard =
                BidiFlow.fromGraph(new ConnectionGuard(connection));
        CompletionStage<Done> ended =
                Http.get(system)
                        .serverLayer(http, Optional.of(client.remoteAddress()))
                        .atop(plain())
                        .atop(guard)
                        .join(tcp.watchTermination((_, end) -> end), Keep.right())
                        .join(answers)
                        .run(system);
        var _ = ended.whenComplete((_, _) -> connections.remove(connection));
    }

    /** The layer of HTTP without TLS. */
    @SuppressWarnings("unchecked") // an inbound element of one type is an inbound element
    private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed>
            plain() {
        return (BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed>)
                (BidiFlow<SslTlsOutbound, ByteString, ByteString, ?, NotUsed>)
                        TLSPlacebo.getInstance();
    }

    private CompletionStage<HttpResponse> answer(
            HttpRequest request,
            HttpConnection connection,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler) {
        connection.asked();
        return whole(request)
                .thenCompose(
                        whole ->
                                whole.map(one -> answer(one, handler))
                                        .orElseGet(HttpListener::unreadable))
                .thenApply(response -> counted(response, connection));
    }

    /** The request with its body in memory; empty if the body is too long or takes too long. */
    private CompletionStage<Optional<HttpRequest>> whole(HttpRequest request) {
        CompletionStage<? extends HttpRequest> whole =
                request.toStrict(settings.idleTimeout().toMillis(), LONGEST_BODY, system);
        return whole.handle(
                (strict, failure) -> failure == null ? Optional.of(strict) : Optional.empty());
    }

    private static CompletionStage<HttpResponse> unreadable() {
        return CompletableFuture.completedFuture(
                HttpResponse.create().withStatus(StatusCodes.BAD_REQUEST));
    }

    private static CompletionStage<HttpResponse> answer(
            HttpRequest request, Function<HttpRequest, CompletionStage<HttpResponse>> handler) {
        try {
            return handler.apply(request).exceptionally(fault -> failed(request, fault));
        } catch (Exception fault) {
            return CompletableFuture.completedFuture(failed(request, fault));
        }
    }

    private static HttpResponse failed(HttpRequest request, Throwable fault) {
        LOG.error("cannot answer: path={}", request.getUri().path(), fault);
        return HttpResponse.create().withStatus(StatusCodes.INTERNAL_SERVER_ERROR);
    }

    /** A streamed answer is complete when its last byte is made. */
    private static HttpResponse counted(HttpResponse response, HttpConnection connection) {
        if (response.entity() instanceof HttpEntity.Strict) {
            connection.answered();
            return response;
        }
        Flow<ByteString, ByteString, NotUsed> counting =
                Flow.of(ByteString.class)
                        .watchTermination(
                                (same, end) -> {
                                    var _ = end.whenComplete((_, _) -> connection.answered());
                                    return same;
                                });
        return response.transformEntityDataBytes(counting);
    }

    private RuntimeException refused(String key, InetSocketAddress listen, String why) {
        return configuration.refused(
                "setting meridian."
                        + key
                        + " must be an address of this host and a free port that it may listen on:"
                        + " was "
                        + listen.getAddress().getHostAddress()
                        + ":"
                        + listen.getPort()
                        + ": "
                        + why);
    }
}

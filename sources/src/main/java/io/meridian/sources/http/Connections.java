package io.meridian.sources.http;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.HttpsConnectionContext;
import akka.http.javadsl.OutgoingConnectionBuilder;
import akka.http.javadsl.coding.Coder;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.HttpEncodings;
import akka.http.javadsl.settings.ClientConnectionSettings;
import akka.http.javadsl.settings.ConnectionPoolSettings;
import akka.stream.javadsl.Flow;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** How a source's requests leave and answers are read: in the clear or by TLS, gzip or not. */
public final class Connections {
    /** More than this of an error answer is not looked at. */
    private static final long ERROR_SIZE = 64 << 10;

    private static final int OK = 200;

    private final ActorSystem<?> system;
    private final HttpsConnectionContext https;

    public Connections(ActorSystem<?> system, HttpsConnectionContext https) {
        this.system = system;
        this.https = https;
    }

    /** A connection for one stream alone. */
    public Flow<HttpRequest, HttpResponse, ?> alone(URI base, ClientConnectionSettings settings) {
        boolean secure = "https".equalsIgnoreCase(base.getScheme());
        int port = base.getPort() >= 0 ? base.getPort() : secure ? 443 : 80;
        OutgoingConnectionBuilder builder =
                Http.get(system)
                        .connectionTo(base.getHost())
                        .toPort(port)
                        .withClientConnectionSettings(settings);
        return secure ? builder.withCustomHttpsConnectionContext(https).https() : builder.http();
    }

    /** One exchange through a pool. */
    public CompletionStage<HttpResponse> pooled(HttpRequest request, ConnectionPoolSettings pool) {
        return Http.get(system).singleRequest(request, https, pool, system.classicSystem().log());
    }

    /**
     * The whole body. Of an error what can be had of it, as its status says enough.
     *
     * @param limit bytes of a good answer, unpacked; it fails if there are more
     */
    public CompletionStage<byte[]> body(HttpResponse response, long limit, Duration patience) {
        boolean good = response.status().intValue() == OK;
        HttpResponse plain =
                response.encoding().equals(HttpEncodings.GZIP)
                        ? Coder.Gzip.decodeMessage(response)
                        : response;
        long size = good ? limit : ERROR_SIZE;
        CompletionStage<byte[]> bytes =
                plain.entity()
                        .withSizeLimit(size)
                        .toStrict(patience.toMillis(), size, system)
                        .thenApply(strict -> strict.getData().toArray());
        return good ? bytes : bytes.exceptionally(_ -> new byte[0]);
    }

    /** The path prefix of an API; may be empty. */
    public static String path(URI base) {
        return base.getRawPath() == null ? "" : base.getRawPath();
    }
}

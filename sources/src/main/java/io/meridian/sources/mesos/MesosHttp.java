package io.meridian.sources.mesos;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaRanges;
import akka.http.javadsl.model.MediaType;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.Accept;
import akka.http.javadsl.model.headers.AcceptEncoding;
import akka.http.javadsl.model.headers.HttpEncoding;
import akka.http.javadsl.model.headers.HttpEncodingRange;
import akka.http.javadsl.model.headers.HttpEncodings;

import io.meridian.sources.http.ApiClient;
import io.meridian.sources.http.ApiResponse;
import io.meridian.sources.http.RedirectPolicy;
import io.meridian.sources.http.Server;
import io.meridian.sources.http.StreamApi;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A master's HTTP API: requests, headers and error statuses. Redirects keep method and body.
 * Thread-safe.
 */
final class MesosHttp implements StreamApi {
    /** Statuses of masters without the call, which are older than the v1 API or its events. */
    private static final Set<Integer> CALL_UNKNOWN = Set.of(400, 404, 405, 501);

    private static final int MAX_REDIRECTS = 2;

    /** Connections of the pool: one for polls and questions of listings, one for other requests. */
    private static final int MAX_CONNECTIONS = 2;

    /** Bytes of a record's length and line end, at most. */
    private static final int LENGTH_LINE = 16;

    private final ApiClient client;

    /**
     * @param redirects the policy in force, which changes with ZooKeeper's list of masters
     * @param readers as in {@link ApiClient}
     */
    MesosHttp(
            ActorSystem<?> system,
            MesosSettings settings,
            Supplier<RedirectPolicy> redirects,
            Executor readers) {
        client =
                new ApiClient(
                        system,
                        MesosSettings.PREFIX,
                        settings.connection(),
                        // Mesos writes one record, even the whole state, as one chunk.
                        new ApiClient.Limits(
                                MAX_CONNECTIONS,
                                settings.polling().maxSize(),
                                "polling.max-size",
                                settings.recordMaxSize() + LENGTH_LINE),
                        redirects,
                        readers);
    }

    ApiClient client() {
        return client;
    }

    /** Whether the master does not know the call. */
    static boolean isCallUnknown(ApiResponse response) {
        return CALL_UNKNOWN.contains(response.status());
    }

    @Override
    public String serverName() {
        return "a Mesos master";
    }

    @Override
    public String endpoint() {
        return MesosSettings.ENDPOINT;
    }

    @Override
    public HttpRequest request(URI base) {
        return call(ApiClient.path(base), "SUBSCRIBE", HttpEncodings.IDENTITY);
    }

    @Override
    public MediaType mediaType() {
        return MediaTypes.APPLICATION_JSON;
    }

    @Override
    public int maxRedirects() {
        return MAX_REDIRECTS;
    }

    @Override
    public boolean isUnsupported(int status) {
        return CALL_UNKNOWN.contains(status);
    }

    @Override
    public String otherServer(HttpResponse response) {
        return response.getHeader("X-Marathon-Leader").isPresent()
                ? "is a Marathon and no Mesos master: its URL belongs into sources.marathon.urls"
                : "";
    }

    @Override
    public String hint(int status) {
        return status == 406 || status == 415
                ? "the content type did not arrive as application/json; is a proxy in between?"
                : "";
    }

    /** Masters name the leader in answers, not in headers. */
    @Override
    public String leader(HttpResponse response) {
        return "";
    }

    /** Reads the response to a call of the v1 API, with any status. */
    <T> CompletionStage<T> call(Server server, String type, Function<ApiResponse, T> read) {
        return client.sendFollowing(
                server,
                MesosSettings.ENDPOINT,
                base -> call(base.toString(), type, HttpEncodings.GZIP),
                MAX_REDIRECTS,
                read);
    }

    /** Reads the response to a GET, with any status. */
    <T> CompletionStage<T> get(Server server, String path, Function<ApiResponse, T> read) {
        return client.sendFollowing(
                server,
                path,
                base -> accepting(HttpRequest.GET(base + path), HttpEncodings.GZIP),
                MAX_REDIRECTS,
                read);
    }

    /** Mesos refuses a content type with a charset, so none may be added. */
    private static HttpRequest call(String base, String type, HttpEncoding encoding) {
        return accepting(
                HttpRequest.POST(base + MesosSettings.ENDPOINT)
                        .withEntity(
                                HttpEntities.create(
                                        ContentTypes.APPLICATION_JSON,
                                        "{\"type\":\"" + type + "\"}")),
                encoding);
    }

    private static HttpRequest accepting(HttpRequest request, HttpEncoding encoding) {
        return request.addHeader(Accept.create(MediaRanges.create(MediaTypes.APPLICATION_JSON)))
                .addHeader(AcceptEncoding.create(HttpEncodingRange.create(encoding)));
    }
}

package io.meridian.sources.marathon;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaRanges;
import akka.http.javadsl.model.MediaType;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.Accept;
import akka.http.javadsl.model.headers.AcceptEncoding;
import akka.http.javadsl.model.headers.HttpEncodingRange;
import akka.http.javadsl.model.headers.HttpEncodings;

import io.meridian.sources.http.ApiClient;
import io.meridian.sources.http.ApiResponse;
import io.meridian.sources.http.RedirectPolicy;
import io.meridian.sources.http.Server;
import io.meridian.sources.http.StreamApi;

import java.net.URI;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Marathon's HTTP API: requests, headers and error statuses. Thread-safe. */
final class MarathonHttp implements StreamApi {
    private static final String LEADER = "X-Marathon-Leader";

    private final ApiClient client;

    /**
     * @param readers as in {@link ApiClient}
     */
    MarathonHttp(ActorSystem<?> system, MarathonSettings settings, Executor readers) {
        RedirectPolicy redirects = settings.redirects();
        client =
                new ApiClient(
                        system,
                        MarathonSettings.PREFIX,
                        settings.connection(),
                        new ApiClient.Limits(
                                settings.reread().inFlight() + 1,
                                settings.listingMaxSize(),
                                "listing.max-size",
                                settings.eventMaxSize()),
                        () -> redirects,
                        readers);
    }

    ApiClient client() {
        return client;
    }

    @Override
    public String serverName() {
        return "Marathon";
    }

    @Override
    public String endpoint() {
        return MarathonSettings.ENDPOINT;
    }

    /**
     * Marathon compares the whole {@code Accept} value, so it must hold one type only. A proxy that
     * compresses would hold events back until its buffer is full, hence {@code identity}.
     */
    @Override
    public HttpRequest request(URI base) {
        return HttpRequest.GET(ApiClient.path(base) + endpoint() + "?plan-format=light")
                .addHeader(Accept.create(MediaRanges.create(MediaTypes.TEXT_EVENT_STREAM)))
                .addHeader(AcceptEncoding.create(HttpEncodingRange.create(HttpEncodings.IDENTITY)));
    }

    @Override
    public MediaType mediaType() {
        return MediaTypes.TEXT_EVENT_STREAM;
    }

    @Override
    public int maxRedirects() {
        return 1;
    }

    /** Every Marathon since 0.9 has the event stream. */
    @Override
    public boolean isUnsupported(int status) {
        return false;
    }

    @Override
    public String otherServer(HttpResponse response) {
        return "";
    }

    @Override
    public String hint(int status) {
        return switch (status) {
            case 404 -> "is this Marathon?";
            case 405 ->
                    "the Accept header did not arrive as text/event-stream; is a proxy in between?";
            default -> "";
        };
    }

    /** Marathon puts a scheme before {@code host:port}. */
    @Override
    public String leader(HttpResponse response) {
        String value = response.getHeader(LEADER).map(HttpHeader::value).orElse("");
        int scheme = value.indexOf("://");
        return scheme < 0 ? value : value.substring(scheme + 3);
    }

    /**
     * Reads one REST response, with any status.
     *
     * @param path with query, from {@code /v2}
     * @return as of {@link ApiClient#send}
     */
    <T> CompletionStage<T> get(Server server, String path, Function<ApiResponse, T> read) {
        HttpRequest request =
                HttpRequest.GET(server.base() + path)
                        .addHeader(Accept.create(MediaRanges.create(MediaTypes.APPLICATION_JSON)))
                        .addHeader(
                                AcceptEncoding.create(
                                        HttpEncodingRange.create(HttpEncodings.GZIP)));
        return client.send(server, request, this::leader, read);
    }
}

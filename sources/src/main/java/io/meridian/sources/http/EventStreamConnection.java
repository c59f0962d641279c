package io.meridian.sources.http;

import akka.NotUsed;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.japi.pf.PFBuilder;
import akka.stream.StreamTcpException;
import akka.stream.javadsl.Source;
import akka.util.ByteString;

import java.net.URI;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Opens an event stream on a connection of its own and follows redirects. Retries nothing; the
 * caller owns reconnects and the limit for silence.
 *
 * <p>Thread-safe. Each materialization of {@link #open} is one attempt.
 */
public final class EventStreamConnection {
    /** Most bytes of one {@link StreamPart.Bytes}. */
    private static final int PIECE = 64 << 10;

    private final ApiClient client;
    private final StreamApi api;

    /** {@link StreamPart}s and what ends one connection. */
    private sealed interface Step {
        record Part(StreamPart part) implements Step {}

        record Redirected(Server to) implements Step {}

        /** The body has ended; the server may keep the connection open. */
        record Ended() implements Step {}
    }

    public EventStreamConnection(ApiClient client, StreamApi api) {
        this.client = client;
        this.api = api;
    }

    /**
     * The parts of one attempt. Fails with {@link RequestFailedException} if the server refuses the
     * stream, or with the failure of the connection.
     *
     * @param base one of the configured or discovered URLs
     */
    Source<StreamPart, NotUsed> open(URI base) {
        return connect(Server.at(base), 0);
    }

    private Source<StreamPart, NotUsed> connect(Server server, int redirects) {
        // takeWhile closes this connection before the next one opens, also under keep-alive.
        return Source.completionStage(client.credentials(server))
                .flatMapConcat(credentials -> responses(server, credentials))
                .flatMapConcat(response -> steps(response, server, redirects))
                .takeWhile(Step.Part.class::isInstance, true)
                .flatMapConcat(step -> parts(step, redirects));
    }

    /** The request side stays open: closing it would close the connection under the response. */
    private Source<HttpResponse, NotUsed> responses(Server server, List<HttpHeader> credentials) {
        HttpRequest request = api.request(server.base()).addHeaders(credentials);
        return Source.single(request)
                .concat(Source.maybe())
                .via(client.connection(server.base()))
                .mapError(
                        new PFBuilder<Throwable, Throwable>()
                                .match(
                                        StreamTcpException.class,
                                        e -> RequestFailedException.toReach(server, e))
                                .build());
    }

    private Source<StreamPart, NotUsed> parts(Step step, int redirects) {
        return switch (step) {
            case Step.Part(StreamPart part) -> Source.single(part);
            case Step.Redirected(Server to) -> connect(to, redirects + 1);
            case Step.Ended _ -> Source.empty();
        };
    }

    private Source<Step, NotUsed> steps(HttpResponse response, Server server, int redirects) {
        int status = response.status().intValue();
        if (status == 200
                && response.entity().getContentType().mediaType().equals(api.mediaType())) {
            Server leader = new Server(server.base(), server.origin(), api.leader(response));
            return Source.<Step>single(new Step.Part(new StreamPart.Opened(leader)))
                    .concat(bytes(response))
                    .concat(Source.single(new Step.Ended()));
        }
        client.discard(response);
        if (response.status().isRedirection()) {
            return Source.single(
                    new Step.Redirected(
                            client.redirected(
                                    response,
                                    server,
                                    api.endpoint(),
                                    redirects,
                                    api.maxRedirects())));
        }
        String other = api.otherServer(response);
        if (!other.isEmpty()) {
            throw new RequestFailedException(server.base() + " " + other);
        }
        if (api.isUnsupported(status)) {
            return Source.single(new Step.Part(new StreamPart.Unsupported(server, status)));
        }
        throw new RequestFailedException(
                server.base() + api.endpoint() + " answered " + explain(response, server));
    }

    /** The body in pieces, so that a chunk with a whole cluster is never copied as a whole. */
    private static Source<Step, ?> bytes(HttpResponse response) {
        return response.entity()
                .withoutSizeLimit()
                .getDataBytes()
                .mapConcat(EventStreamConnection::pieces)
                .map(piece -> new Step.Part(new StreamPart.Bytes(piece.toArray())));
    }

    private static Iterable<ByteString> pieces(ByteString chunk) {
        return () ->
                IntStream.iterate(0, at -> at < chunk.size(), at -> at + PIECE)
                        .mapToObj(at -> chunk.slice(at, at + PIECE))
                        .iterator();
    }

    private String explain(HttpResponse response, Server server) {
        int status = response.status().intValue();
        String hint =
                switch (status) {
                    case 200 ->
                            "Content-Type is "
                                    + response.entity().getContentType()
                                    + ", not an event stream; is this "
                                    + api.serverName()
                                    + "?";
                    case 401, 403 -> client.checkCredentials(server);
                    case 502, 503 -> "no leader is ready";
                    default -> api.hint(status);
                };
        return hint.isEmpty() ? String.valueOf(status) : status + ": " + hint;
    }
}

package io.meridian.controlplane.compat;

import akka.NotUsed;
import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCode;
import akka.stream.javadsl.Source;
import akka.util.ByteString;

import io.meridian.controlplane.json.JsonDocument;
import io.meridian.dns.ServedZone;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses requests and makes responses of plain HTTP, for both APIs. */
final class Replies {
    /** Text with its charset in lower case, as Mesos-DNS spells it. */
    private static final ContentType TEXT =
            ContentTypes.create(MediaTypes.TEXT_PLAIN, HttpCharsets.custom("utf-8"));

    private Replies() {}

    /**
     * The decoded segments of a request's path; one trailing slash is ignored. Empty if a segment
     * is empty or contains a slash.
     */
    static Optional<List<String>> path(HttpRequest request) {
        List<String> segments = new ArrayList<>();
        request.getUri().pathSegments().forEach(segments::add);
        String path = request.getUri().path();
        int slashes = (int) path.chars().filter(c -> c == '/').count();
        boolean plain = slashes == segments.size() + (path.endsWith("/") ? 1 : 0);
        return plain && segments.stream().noneMatch(segment -> segment.indexOf('/') >= 0)
                ? Optional.of(List.copyOf(segments))
                : Optional.empty();
    }

    /** A response with Content-Length; holds the whole document in memory. */
    static HttpResponse json(JsonDocument document) {
        return HttpResponse.create()
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, document.bytes()));
    }

    /** A chunked response; the client's speed sets the pace at which the document is made. */
    static HttpResponse streamed(JsonDocument document) {
        Source<ByteString, NotUsed> pieces =
                Source.fromIterator(document::pieces).map(ByteString::fromArrayUnsafe);
        return HttpResponse.create()
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, pieces));
    }

    static HttpResponse text(StatusCode status, String text) {
        return HttpResponse.create()
                .withStatus(status)
                .withEntity(HttpEntities.create(TEXT, text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A response without a body. */
    static HttpResponse empty(StatusCode status) {
        return HttpResponse.create().withStatus(status);
    }

    /** The reason why a zone cannot be shown yet; empty if all zones are complete. */
    static Optional<String> missing(List<ServedZone> zones) {
        return zones.stream()
                .filter(zone -> !zone.complete())
                .findFirst()
                .map(zone -> "no complete image of zone " + zone.origin() + " has come yet");
    }
}

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

/** Requests and answers of plain HTTP, as both APIs need them. */
final class Replies {
    /** The charset in lower case, as Mesos-DNS spells it. */
    private static final ContentType TEXT =
            ContentTypes.create(MediaTypes.TEXT_PLAIN, HttpCharsets.custom("utf-8"));

    private Replies() {}

    /**
     * The segments of a request's path, decoded; one slash at the end counts for nothing. Empty if
     * a segment is empty or has a slash in it.
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

    /** With its length, for answers that are small or needed whole. */
    static HttpResponse json(JsonDocument document) {
        return HttpResponse.create()
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, document.bytes()));
    }

    /** Made as the client takes it. */
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

    /** Without a body. */
    static HttpResponse empty(StatusCode status) {
        return HttpResponse.create().withStatus(status);
    }

    /** Why a zone can't be shown yet; empty if it can. */
    static Optional<String> missing(List<ServedZone> zones) {
        return zones.stream()
                .filter(zone -> !zone.complete())
                .findFirst()
                .map(zone -> "no complete image of zone " + zone.origin() + " has come yet");
    }
}

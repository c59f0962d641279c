package io.meridian.controlplane.admin;

import akka.NotUsed;
import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import akka.stream.javadsl.Source;
import akka.util.ByteString;

import io.meridian.controlplane.json.JsonDocument;

/** The admin HTTP's successful answers. */
final class Replies {
    private Replies() {}

    static HttpResponse json(Object document) {
        return json(StatusCodes.OK, document);
    }

    static HttpResponse json(StatusCode status, Object document) {
        return bytes(ContentTypes.APPLICATION_JSON, Json.bytes(document)).withStatus(status);
    }

    static HttpResponse bytes(ContentType type, byte[] body) {
        return HttpResponse.create().withEntity(HttpEntities.create(type, body));
    }

    /** The client's speed sets the pace; the node holds one piece of the document at a time. */
    static HttpResponse streamed(JsonDocument document) {
        return HttpResponse.create()
                .withEntity(
                        HttpEntities.create(
                                ContentTypes.APPLICATION_JSON,
                                Source.fromIterator(document::pieces)
                                        .map(ByteString::fromArrayUnsafe)));
    }

    /** Server-sent events, until the source ends or the client leaves. */
    static HttpResponse events(Source<ByteString, NotUsed> events) {
        return HttpResponse.create()
                .withEntity(
                        HttpEntities.createCloseDelimited(
                                MediaTypes.TEXT_EVENT_STREAM.toContentType(), events));
    }
}

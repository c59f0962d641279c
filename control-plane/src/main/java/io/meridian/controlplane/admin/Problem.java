package io.meridian.controlplane.admin;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCode;

/** An error answer as RFC 9457 problem JSON. */
record Problem(StatusCode status, String detail) {
    HttpResponse response() {
        var body =
                Json.object()
                        .put("type", "about:blank")
                        .put("title", status.reason())
                        .put("status", status.intValue())
                        .put("detail", detail);
        var type =
                MediaTypes.applicationWithFixedCharset(
                        "problem+json", akka.http.javadsl.model.HttpCharsets.UTF_8);
        return HttpResponse.create()
                .withStatus(status)
                .withEntity(HttpEntities.create(ContentTypes.create(type), Json.bytes(body)));
    }
}

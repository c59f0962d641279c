package io.meridian.controlplane.admin;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCode;

import com.fasterxml.jackson.annotation.JsonInclude;

import org.jspecify.annotations.Nullable;

/**
 * An error answer, problem JSON of RFC 9457.
 *
 * @param detail one sentence for the caller
 * @param instance identifies this occurrence; the log has the same; null if nothing was logged
 */
record ProblemDetails(StatusCode status, String detail, @Nullable String instance) {
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Body(
            String type, String title, int status, String detail, @Nullable String instance) {}

    static HttpResponse response(StatusCode status, String detail) {
        return new ProblemDetails(status, detail, null).response();
    }

    HttpResponse response() {
        Body body = new Body("about:blank", status.reason(), status.intValue(), detail, instance);
        var type = MediaTypes.applicationWithFixedCharset("problem+json", HttpCharsets.UTF_8);
        return HttpResponse.create()
                .withStatus(status)
                .withEntity(HttpEntities.create(ContentTypes.create(type), Json.bytes(body)));
    }
}

package io.meridian.simulator.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One whole answer. The server adds {@code Content-Length} and nothing else.
 *
 * @param reason text after the status number; servers differ here and clients see it
 * @param headers in the order they go out
 */
public record WireResponse(int status, String reason, List<Header> headers, byte[] body) {
    /** One header line. */
    public record Header(String name, String value) {}

    public WireResponse {
        headers = List.copyOf(headers);
    }

    /** An answer with the usual reason for the status. */
    public static WireResponse of(int status, String contentType, String body) {
        return new WireResponse(
                status,
                reasonOf(status),
                List.of(new Header("Content-Type", contentType)),
                body.getBytes(StandardCharsets.UTF_8));
    }

    /** An answer without a body. */
    public static WireResponse empty(int status) {
        return new WireResponse(status, reasonOf(status), List.of(), new byte[0]);
    }

    public WireResponse with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new WireResponse(status, reason, more, body);
    }

    /** These headers first, then the ones already there. */
    public WireResponse withFirst(List<Header> first) {
        List<Header> all = new ArrayList<>(first);
        all.addAll(headers);
        return new WireResponse(status, reason, all, body);
    }

    public WireResponse withBody(byte[] other) {
        return new WireResponse(status, reason, headers, other);
    }

    /** Bytes of status line and headers with the blank line, CRLF ends. */
    public static byte[] head(int status, String reason, List<Header> headers) {
        StringBuilder text =
                new StringBuilder("HTTP/1.1 ")
                        .append(status)
                        .append(' ')
                        .append(reason)
                        .append("\r\n");
        headers.forEach(
                header ->
                        text.append(header.name())
                                .append(": ")
                                .append(header.value())
                                .append("\r\n"));
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** RFC 9110 reason phrases for the statuses that this room answers with; others have none. */
    public static String reasonOf(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 201 -> "Created";
            case 202 -> "Accepted";
            case 204 -> "No Content";
            case 302 -> "Found";
            case 307 -> "Temporary Redirect";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 406 -> "Not Acceptable";
            case 409 -> "Conflict";
            case 415 -> "Unsupported Media Type";
            case 422 -> "Unprocessable Entity";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> "";
        };
    }
}

package io.meridian.simulator.http;

import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One HTTP request as received.
 *
 * @param method upper case as sent, {@code GET}
 * @param target path and query as sent, not decoded: {@code /v2/apps//a?embed=app.tasks}
 * @param headers names in lower case, values of repeated headers in order
 * @param body empty when there was none; never null
 * @param remote address of the client
 */
public record WireRequest(
        String method,
        String target,
        Map<String, List<String>> headers,
        byte[] body,
        InetSocketAddress remote) {

    /** The path before {@code ?}, not decoded, empty segments kept. */
    public String path() {
        int question = target.indexOf('?');
        return question < 0 ? target : target.substring(0, question);
    }

    /** The raw query after {@code ?}, empty if there is none. */
    public String rawQuery() {
        int question = target.indexOf('?');
        return question < 0 ? "" : target.substring(question + 1);
    }

    /** Query parameters, decoded, in order; a parameter without {@code =} has the value "". */
    public Map<String, List<String>> query() {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (String pair : rawQuery().split("&")) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            parameters.computeIfAbsent(decode(name), key -> new ArrayList<>()).add(decode(value));
        }
        return parameters;
    }

    /** All values of a query parameter; empty if it is not there. */
    public List<String> parameters(String name) {
        return query().getOrDefault(name, List.of());
    }

    /** True if the parameter is there and is {@code true} (or bare). */
    public boolean flag(String name) {
        return parameters(name).stream()
                .anyMatch(value -> value.isEmpty() || value.equalsIgnoreCase("true"));
    }

    /** All values of a header; empty if it is not there. */
    public List<String> header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    /** The first value of a header. */
    public Optional<String> firstHeader(String name) {
        return header(name).stream().findFirst();
    }

    /** The body as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    private static String decode(String encoded) {
        return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    }
}

package io.meridian.simulator.marathon;

import io.meridian.simulator.http.WireRequest;
import io.meridian.simulator.http.WireResponse;
import io.meridian.simulator.http.WireResponse.Header;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The 405 of {@code /v2/events} for a request whose Accept is not exactly {@code
 * text/event-stream}; byte for byte.
 */
final class EventRefusal {
    private EventRefusal() {}

    static WireResponse of(WireRequest request, List<Header> standard) {
        String reason = "HTTP method " + request.method() + " is not supported by this URL";
        List<Header> headers =
                new ArrayList<>(
                        standard.stream()
                                .filter(
                                        header ->
                                                !List.of("Cache-Control", "Pragma", "Expires")
                                                        .contains(header.name()))
                                .toList());
        headers.add(new Header("Pragma", "no-cache"));
        headers.add(new Header("Cache-Control", "must-revalidate,no-cache,no-store"));
        boolean html = request.header("accept").stream().noneMatch(value -> value.contains("json"));
        if (!html) {
            return new WireResponse(405, reason, headers, new byte[0]);
        }
        headers.add(new Header("Content-Type", "text/html;charset=iso-8859-1"));
        String page =
                """
                <html>
                <head>
                <meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
                <title>Error 405 %1$s</title>
                </head>
                <body><h2>HTTP ERROR 405</h2>
                <p>Problem accessing %2$s. Reason:
                <pre>    %1$s</pre></p>
                </body>
                </html>
                """
                        .formatted(reason, request.path());
        return new WireResponse(405, reason, headers, page.getBytes(StandardCharsets.ISO_8859_1));
    }
}

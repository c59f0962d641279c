package io.meridian.controlplane.compat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One HTTP request over its own connection, with the raw response. */
final class RawHttp {
    private static final int PATIENCE = 30_000;

    private RawHttp() {}

    /**
     * @param status status line, such as {@code HTTP/1.1 200 OK}
     * @param headers headers by lower-case name
     * @param body body as sent
     */
    record Answer(String status, Map<String, String> headers, String body) {}

    static Answer ask(InetSocketAddress server, String method, String path, String... headers)
            throws IOException {
        StringBuilder request =
                new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: test\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return send(server, request + "Connection: close\r\n\r\n");
    }

    static Answer send(InetSocketAddress server, String request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE);
            socket.connect(server, PATIENCE);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(all);
            return read(all.toString(StandardCharsets.UTF_8));
        }
    }

    private static Answer read(String text) {
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IllegalStateException("no HTTP answer: " + text);
        }
        String[] head = text.substring(0, end).split("\r\n", -1);
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < head.length; i++) {
            String[] parts = head[i].split(": *", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
        }
        return new Answer(head[0], headers, text.substring(end + 4));
    }
}

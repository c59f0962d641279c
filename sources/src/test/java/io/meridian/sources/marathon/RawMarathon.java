package io.meridian.sources.marathon;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;

/**
 * A Marathon down to its bytes: event streams that end at EOF without length or chunks, heartbeats
 * of CR and LF in two packets, REST with keep-alive. Tests set responses by path; other paths get
 * Marathon's 404.
 */
final class RawMarathon implements AutoCloseable {
    final List<Request> requests = new CopyOnWriteArrayList<>();
    final BlockingQueue<EventStream> streams = new LinkedBlockingQueue<>();
    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Map<String, Function<Request, Reply>> replies = new ConcurrentHashMap<>();
    private volatile Function<Request, Reply> events = _ -> STREAM;
    volatile String leader;

    /** Marks the response of an event stream. */
    static final Reply STREAM = new Reply(0, Map.of(), new byte[0]);

    record Request(String target, Map<String, String> headers) {
        String path() {
            int query = target.indexOf('?');
            return query < 0 ? target : target.substring(0, query);
        }
    }

    record Reply(int status, Map<String, String> headers, byte[] body) {
        static Reply json(String body) {
            return new Reply(
                    200,
                    Map.of("Content-Type", "application/json"),
                    body.getBytes(StandardCharsets.UTF_8));
        }

        static Reply status(int status) {
            return new Reply(
                    status,
                    Map.of("Content-Type", "text/html"),
                    "<html>no</html>".getBytes(StandardCharsets.UTF_8));
        }

        static Reply message(int status, String message) {
            byte[] body = ("{\"message\":\"" + message + "\"}").getBytes(StandardCharsets.UTF_8);
            return new Reply(status, Map.of("Content-Type", "application/json"), body);
        }

        Reply with(String header, String value) {
            Map<String, String> all = new LinkedHashMap<>(headers);
            all.put(header, value);
            return new Reply(status, all, body);
        }

        Reply gzipped() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
                gzip.write(body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new Reply(status, headers, bytes.toByteArray()).with("Content-Encoding", "gzip");
        }
    }

    /** One open event stream. */
    record EventStream(Socket socket, OutputStream out) {
        void send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        void event(String type, String fields) throws IOException {
            String comma = fields.isEmpty() ? "" : fields + ",";
            send(
                    "event: "
                            + type
                            + "\r\ndata: {"
                            + comma
                            + "\"eventType\":\""
                            + type
                            + "\",\"timestamp\":\"2026-01-01T00:00:00.000Z\"}\r\n\r\n");
        }

        void attached() throws IOException {
            event("event_stream_attached", "\"remoteAddress\":\"127.0.0.1\"");
        }

        void heartbeat() throws IOException {
            send("\r");
            send("\n");
        }

        void end() throws IOException {
            socket.close();
        }
    }

    RawMarathon() throws IOException {
        this(0);
    }

    RawMarathon(int port) throws IOException {
        server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        leader = "http://127.0.0.1:" + port();
        reply("/v2/apps", Reply.json("{\"apps\":[]}"));
        reply("/v2/pods/::status", Reply.json("[]"));
        Thread.ofVirtual().start(this::acceptAll);
    }

    int port() {
        return server.getLocalPort();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    void reply(String path, Reply reply) {
        replies.put(path, _ -> reply);
    }

    void reply(String path, Function<Request, Reply> reply) {
        replies.put(path, reply);
    }

    void events(Function<Request, Reply> reply) {
        events = reply;
    }

    EventStream nextStream() throws InterruptedException {
        EventStream stream = streams.poll(20, TimeUnit.SECONDS);
        if (stream == null) {
            throw new AssertionError("no subscriber attached; requests:  " + requests);
        }
        return stream;
    }

    /** Number of requests for a path. */
    long asked(String path) {
        return requests.stream().filter(request -> request.path().equals(path)).count();
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            sockets.clear(); // closed
        }
    }

    private void serve(Socket socket) {
        try {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            for (Request request = read(in); request != null; request = read(in)) {
                requests.add(request);
                boolean stream = request.path().endsWith("/v2/events");
                Reply reply =
                        (stream ? events : replies.getOrDefault(request.path(), r -> unknown(r)))
                                .apply(request);
                if (reply.status() == 0) {
                    out.write(
                            ("HTTP/1.1 200 OK\r\nX-Marathon-Leader: "
                                            + leader
                                            + "\r\n"
                                            + "Cache-Control: no-cache, no-store,"
                                            + " must-revalidate\r\n"
                                            + "Pragma: no-cache\r\n"
                                            + "Expires: 0\r\n"
                                            + "Content-Type: text/event-stream;charset=utf-8\r\n"
                                            + "Connection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.UTF_8));
                    out.flush();
                    streams.add(new EventStream(socket, out));
                    return; // the test continues with the open stream
                }
                write(out, reply);
            }
        } catch (IOException e) {
            sockets.remove(socket); // the client is gone
        }
    }

    private static Reply unknown(Request request) {
        return request.path().startsWith("/v2/pods")
                ? Reply.message(404, "Pod '" + request.path() + "' does not exist")
                : Reply.message(404, "App '" + request.path() + "' does not exist");
    }

    private void write(OutputStream out, Reply reply) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>(reply.headers());
        headers.putIfAbsent("X-Marathon-Leader", leader);
        headers.put("Content-Length", String.valueOf(reply.body().length));
        StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.status() + " Whatever\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        out.write(reply.body());
        out.flush();
    }

    private static Request read(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                if (line.isEmpty()) {
                    Map<String, String> headers = new LinkedHashMap<>();
                    lines.stream()
                            .skip(1)
                            .forEach(
                                    header -> {
                                        int colon = header.indexOf(": ");
                                        headers.put(
                                                header.substring(0, colon),
                                                header.substring(colon + 2));
                                    });
                    return new Request(lines.getFirst().split(" ", -1)[1], headers);
                }
                lines.add(line.toString());
                line.setLength(0);
            } else if (b != '\r') {
                line.append((char) b);
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}

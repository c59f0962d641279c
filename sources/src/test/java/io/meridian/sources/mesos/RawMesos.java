package io.meridian.sources.mesos;

import io.meridian.simulator.http.WireExchange;
import io.meridian.simulator.http.WireRequest;
import io.meridian.simulator.http.WireResponse;
import io.meridian.simulator.http.WireServer;
import io.meridian.sources.json.JsonStream;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A Mesos master down to its bytes: chunked RecordIO, exact content types, 307 without scheme.
 * Calls without a set response get 404.
 */
final class RawMesos implements AutoCloseable {
    final List<WireRequest> requests = new CopyOnWriteArrayList<>();
    final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
    private final WireServer server;
    private final Map<String, Function<WireRequest, WireResponse>> replies =
            new ConcurrentHashMap<>();

    /** One open subscription. */
    static final class Stream {
        private final OutputStream out;
        private final CountDownLatch ended = new CountDownLatch(1);

        private Stream(OutputStream out) {
            this.out = out;
        }

        /** One record in a chunk of its own. */
        void record(String json) throws IOException {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            chunk((bytes.length + "\n").getBytes(StandardCharsets.UTF_8), bytes);
        }

        void heartbeat() throws IOException {
            record("{\"type\":\"HEARTBEAT\"}");
        }

        void raw(String text) throws IOException {
            chunk(text.getBytes(StandardCharsets.UTF_8));
        }

        private void chunk(byte[]... parts) throws IOException {
            int length = 0;
            for (byte[] part : parts) {
                length += part.length;
            }
            out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.UTF_8));
            for (byte[] part : parts) {
                out.write(part);
            }
            out.write("\r\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        void end() {
            ended.countDown();
        }
    }

    RawMesos() {
        server = WireServer.start(InetAddress.getLoopbackAddress(), 0, this::handle);
    }

    String url() {
        return "http://" + place();
    }

    String place() {
        return "127.0.0.1:" + server.port();
    }

    /** Sets the response to a v1 call or a GET; the name is the call's type or the path. */
    void reply(String name, Function<WireRequest, WireResponse> reply) {
        replies.put(name, reply);
    }

    void reply(String name, String json) {
        reply(name, _ -> WireResponse.of(200, "application/json", json));
    }

    void reply(String name, int status) {
        reply(name, _ -> WireResponse.of(status, "text/plain", "no"));
    }

    /** Makes this master a standby that redirects to the leader. */
    void redirect(String to) {
        for (String call : List.of("SUBSCRIBE", "GET_STATE", "GET_MASTER")) {
            reply(
                    call,
                    _ ->
                            new WireResponse(
                                    307,
                                    "Temporary Redirect",
                                    List.of(
                                            new WireResponse.Header(
                                                    "Location", "//" + to + "/api/v1")),
                                    new byte[0]));
        }
    }

    Stream next() throws InterruptedException {
        Stream stream = streams.poll(20, TimeUnit.SECONDS);
        if (stream == null) {
            throw new AssertionError("no subscription; requests: " + asked());
        }
        return stream;
    }

    List<String> asked() {
        List<String> asked = new ArrayList<>();
        requests.forEach(request -> asked.add(name(request)));
        return asked;
    }

    private static String name(WireRequest request) {
        return request.method().equals("POST")
                ? JsonStream.tree(new ByteArrayInputStream(request.body())).path("type").asText()
                : request.path();
    }

    private void handle(WireRequest request, WireExchange exchange) throws IOException {
        requests.add(request);
        String name = name(request);
        Function<WireRequest, WireResponse> reply = replies.get(name);
        boolean v1 = request.path().endsWith("/api/v1");
        if (reply != null) {
            exchange.respond(reply.apply(request));
        } else if (v1 && !request.header("content-type").equals(List.of("application/json"))) {
            exchange.respond(WireResponse.of(415, "text/plain", "Unsupported Media Type"));
        } else if (v1 && !request.header("accept").equals(List.of("application/json"))) {
            exchange.respond(WireResponse.of(406, "text/plain", "Not Acceptable"));
        } else if (v1 && name.equals("SUBSCRIBE")) {
            stream(exchange);
        } else {
            exchange.respond(WireResponse.of(404, "text/plain", "Not Found"));
        }
    }

    private void stream(WireExchange exchange) throws IOException {
        Stream stream =
                new Stream(
                        exchange.stream(
                                200,
                                "OK",
                                List.of(
                                        new WireResponse.Header("Transfer-Encoding", "chunked"),
                                        new WireResponse.Header(
                                                "Content-Type", "application/json"))));
        streams.add(stream);
        try {
            stream.ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.close();
        streams.forEach(Stream::end);
    }
}

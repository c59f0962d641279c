package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Reads an event stream from a raw socket and keeps every byte. */
public final class EventStreamClient implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Socket socket;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private boolean ended;
    private String ending = "";
    private String head = "";

    private EventStreamClient(Socket socket) {
        this.socket = socket;
    }

    public static EventStreamClient attach(URI marathon) throws IOException {
        return attach(marathon, "/v2/events", "Accept: text/event-stream");
    }

    public static EventStreamClient attach(URI marathon, String target, String... headers)
            throws IOException {
        EventStreamClient client = send(marathon, "GET", target, headers);
        Thread.ofVirtual().start(client::read);
        return client;
    }

    /** Attaches, but does not read. */
    public static EventStreamClient stalled(URI marathon) throws IOException {
        return send(marathon, "GET", "/v2/events", "Accept: text/event-stream");
    }

    private static EventStreamClient send(
            URI marathon, String method, String target, String... headers) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new java.net.InetSocketAddress(marathon.getHost(), marathon.getPort()));
        String request =
                method
                        + " "
                        + target
                        + " HTTP/1.1\r\nHost: "
                        + marathon.getAuthority()
                        + "\r\n"
                        + String.join("\r\n", headers)
                        + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return new EventStreamClient(socket);
    }

    /** Begins to read on a stalled client. */
    public void resume() {
        Thread.ofVirtual().start(this::read);
    }

    private void read() {
        byte[] buffer = new byte[8192];
        try {
            InputStream in = socket.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                synchronized (this) {
                    received.write(buffer, 0, n);
                    notifyAll();
                }
            }
            end("FIN");
        } catch (IOException reset) {
            end(String.valueOf(reset.getMessage()));
        }
    }

    private synchronized void end(String how) {
        ended = true;
        ending = how;
        notifyAll();
    }

    /** All received bytes, including the head. */
    public synchronized byte[] bytes() {
        return received.toByteArray();
    }

    /** Status line and headers with the blank line; "" until they are whole. */
    public synchronized String head() {
        if (head.isEmpty()) {
            readHead(0);
        }
        return head;
    }

    /** The body so far, one character per byte. */
    public String body() {
        return head().isEmpty() ? "" : text().substring(head().length());
    }

    private String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    private void readHead(int from) {
        String start =
                new String(
                        received.toByteArray(),
                        0,
                        Math.min(received.size(), 4096),
                        StandardCharsets.US_ASCII);
        int end = start.indexOf("\r\n\r\n", from);
        head = end < 0 ? "" : start.substring(0, end + 4);
    }

    /** Whole events so far. */
    public List<JsonNode> events() {
        List<JsonNode> events = new ArrayList<>();
        String body = body();
        String whole = body.substring(0, Math.max(0, body.lastIndexOf("\r\n\r\n")));
        for (String line : whole.split("\r\n")) {
            if (line.startsWith("data: ")) {
                events.add(Json.readTrusted(line.substring(6).getBytes(StandardCharsets.UTF_8)));
            }
        }
        return events;
    }

    public List<String> types() {
        return events().stream().map(event -> event.path("eventType").asText()).toList();
    }

    /** Waits until the condition holds for the events so far. */
    public List<JsonNode> await(Predicate<List<JsonNode>> condition) {
        return awaitState(() -> condition.test(events()), "events").events();
    }

    public List<JsonNode> awaitType(String type) {
        return awaitCount(type, 1);
    }

    public List<JsonNode> awaitCount(String type, int count) {
        return await(
                events ->
                        events.stream()
                                        .filter(
                                                event ->
                                                        event.path("eventType")
                                                                .asText()
                                                                .equals(type))
                                        .count()
                                >= count);
    }

    /** How the connection ended: FIN, or the message of the socket's exception. */
    public String awaitEnd() {
        return awaitState(() -> ended, "end").ending;
    }

    /** Waits for the head without a limit; "" if the connection ends without one. */
    public synchronized String awaitHead() throws InterruptedException {
        while (!ended && head().isEmpty()) {
            wait();
        }
        return head();
    }

    /** Waits without a limit until the connection ends. */
    public synchronized void awaitEndForEver() throws InterruptedException {
        while (!ended) {
            wait();
        }
    }

    /** Bytes after the head. */
    public synchronized int bodyLength() {
        return received.size() - head().length();
    }

    public EventStreamClient awaitState(java.util.function.BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        synchronized (this) {
            while (!condition.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError(
                            "no " + what + " in " + DEADLINE + "; received so far:\n" + text());
                }
                try {
                    wait(Math.max(1, Math.min(left / 1_000_000, 100)));
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError("interrupted", stop);
                }
            }
        }
        return this;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

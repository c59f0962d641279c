package io.meridian.testkit.replay;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.http.WireExchange;
import io.meridian.simulator.http.WireRequest;
import io.meridian.simulator.http.WireResponse;
import io.meridian.simulator.http.WireResponse.Header;
import io.meridian.simulator.marathon.EventFrame;
import io.meridian.simulator.marathon.Json;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Consumers of a replayed stream; any thread. While a recorded connection is open, consumers are
 * accepted. A consumer that attaches before the first byte gets the recorded bytes; a later one
 * gets its own {@code event_stream_attached} and then the rest. Between two connections consumers
 * are refused.
 */
final class ReplayStreams {
    private static final class Consumer {
        private final WireExchange exchange;
        private final OutputStream out;
        private final Set<String> wantedTypes;
        private boolean gone;

        Consumer(WireExchange exchange, OutputStream out, Set<String> wantedTypes) {
            this.exchange = exchange;
            this.out = out;
            this.wantedTypes = wantedTypes;
        }
    }

    private final Duration heartbeat;
    private final List<Consumer> consumers = new ArrayList<>();
    private boolean open = true;
    private boolean begun;
    private Instant now;
    private long lastWrite = System.nanoTime();

    /**
     * @param heartbeat silence after which a heartbeat is sent while the timeline stands still
     */
    ReplayStreams(Duration heartbeat, Instant start) {
        this.heartbeat = heartbeat;
        this.now = start;
    }

    /** Begins a recorded connection: consumers are accepted. */
    synchronized void open(Instant at) {
        open = true;
        begun = false;
        now = at;
        notifyAll();
    }

    /** Ends a recorded connection and the streams of all consumers. */
    synchronized void end(Instant at) {
        open = false;
        now = at;
        consumers.forEach(
                consumer -> {
                    consumer.gone = true;
                    consumer.exchange.cut();
                });
        consumers.clear();
        notifyAll();
    }

    /** Waits at most this long for a consumer; false after a timeout. */
    synchronized boolean awaitConsumer(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (consumers.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(Math.max(1, left / 1_000_000));
        }
        return true;
    }

    synchronized int size() {
        return consumers.size();
    }

    /** Writes a piece to every consumer and waits until the kernel has it. */
    synchronized void send(RecordedStream stream, Piece piece) {
        begun = true;
        now = piece.at();
        byte[] bytes =
                Arrays.copyOfRange(stream.bytes(), piece.offset(), piece.offset() + piece.length());
        for (Consumer consumer : List.copyOf(consumers)) {
            if (!piece.isEvent()
                    || consumer.wantedTypes.isEmpty()
                    || consumer.wantedTypes.contains(piece.type())) {
                write(consumer, bytes);
            }
        }
        lastWrite = System.nanoTime();
    }

    private void write(Consumer consumer, byte[] bytes) {
        try {
            consumer.out.write(bytes);
            consumer.out.flush();
        } catch (IOException gone) {
            consumer.gone = true;
            consumers.remove(consumer);
            notifyAll();
        }
    }

    /** Serves one consumer until its stream ends. */
    void serve(WireRequest request, WireExchange exchange, List<Header> headers)
            throws IOException {
        Consumer consumer;
        synchronized (this) {
            if (!open) {
                exchange.respond(
                        WireResponse.of(
                                502, "text/plain", "Could not determine the current leader"));
                return;
            }
            List<Header> all = new ArrayList<>(headers);
            all.add(new Header("Content-Type", "text/event-stream;charset=utf-8"));
            all.add(new Header("Connection", "close"));
            OutputStream out = exchange.stream(200, "OK", all);
            consumer = new Consumer(exchange, out, new HashSet<>(request.parameters("event_type")));
            consumers.add(consumer);
            if (begun) {
                attached(consumer, request);
            }
            notifyAll();
        }
        keepAlive(consumer);
    }

    private void attached(Consumer consumer, WireRequest request) {
        ObjectNode event =
                Json.object()
                        .put("remoteAddress", request.remote().getAddress().getHostAddress())
                        .put("eventType", "event_stream_attached")
                        .put("timestamp", now.toString());
        if (consumer.wantedTypes.isEmpty()
                || consumer.wantedTypes.contains("event_stream_attached")) {
            write(consumer, EventFrame.of(event).bytes());
        }
    }

    private synchronized void keepAlive(Consumer consumer) throws IOException {
        long millis = Math.max(1, heartbeat.toMillis());
        while (!consumer.gone) {
            try {
                wait(millis);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return;
            }
            if (!consumer.gone && System.nanoTime() - lastWrite >= heartbeat.toNanos()) {
                for (Consumer each : List.copyOf(consumers)) {
                    write(each, new byte[] {'\r'});
                    write(each, new byte[] {'\n'});
                }
                lastWrite = System.nanoTime();
            }
        }
    }
}

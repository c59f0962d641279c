package io.meridian.simulator.mesos;

import io.meridian.simulator.http.Outbox;
import io.meridian.simulator.http.WireExchange;
import io.meridian.simulator.marathon.fault.Ending;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One subscriber. Records queue here without bound, as in Mesos, and are sent in HTTP chunks that
 * do not align with records. {@link #offer} and {@link #end} from any thread, {@link #run} on the
 * connection's own.
 */
final class RecordStream {
    /** Bytes of one or more records, and how the connection ends after them. */
    record Piece(byte[] bytes, Ending ending) {}

    private static final byte[] HEARTBEAT =
            framed("{\"type\":\"HEARTBEAT\"}".getBytes(StandardCharsets.UTF_8));

    private final WireExchange exchange;
    private final long heartbeatNanos;
    private final int chunk;
    private final Outbox<Piece> outbox = new Outbox<>();
    private volatile boolean silent;

    /**
     * @param chunk bytes in an HTTP chunk, 0 = one chunk per write
     */
    RecordStream(WireExchange exchange, Duration heartbeat, int chunk) {
        this.exchange = exchange;
        this.heartbeatNanos = heartbeat.toNanos();
        this.chunk = chunk;
    }

    /** Encodes a record in RecordIO: its length, then its bytes. */
    static byte[] framed(byte[] record) {
        return framed(Integer.toString(record.length), record);
    }

    static byte[] framed(String length, byte[] record) {
        byte[] head = (length + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[head.length + record.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(record, 0, all, head.length, record.length);
        return all;
    }

    void offer(Piece piece) {
        outbox.add(piece);
    }

    void heartbeatNow() {
        offer(new Piece(HEARTBEAT, Ending.GO_ON));
    }

    /** Suppresses heartbeats while set. */
    void setSilent(boolean value) {
        silent = value;
    }

    /**
     * Ends the stream at once; queued records are lost. Ends the connection before the outbox,
     * because the writing thread then closes with FIN.
     */
    synchronized void end(Ending ending) {
        if (ending == Ending.RESET) {
            exchange.reset();
        } else {
            exchange.cut();
        }
        outbox.end();
    }

    /** Writes until this side or the peer ends the stream. */
    void run(OutputStream out) throws IOException {
        long nextHeartbeat = System.nanoTime() + heartbeatNanos;
        while (true) {
            Optional<List<Piece>> batch = outbox.take(nextHeartbeat);
            if (batch.isEmpty()) {
                return;
            }
            for (Piece piece : batch.get()) {
                write(out, piece.bytes());
                if (piece.ending() != Ending.GO_ON) {
                    end(piece.ending());
                    return;
                }
            }
            if (System.nanoTime() - nextHeartbeat >= 0) {
                nextHeartbeat += heartbeatNanos;
                if (!silent) {
                    write(out, HEARTBEAT);
                }
            }
        }
    }

    private void write(OutputStream out, byte[] bytes) throws IOException {
        int step = chunk == 0 ? Math.max(1, bytes.length) : chunk;
        for (int from = 0; from < bytes.length; from += step) {
            int length = Math.min(step, bytes.length - from);
            out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes, from, length);
            out.write('\r');
            out.write('\n');
        }
        out.flush();
    }
}

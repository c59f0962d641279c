package io.meridian.simulator.marathon;

import io.meridian.simulator.http.Outbox;
import io.meridian.simulator.http.WireExchange;
import io.meridian.simulator.marathon.fault.Emission;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One consumer of the event stream: events wait here while a batch is being written, and too many
 * of them end the connection, as in Marathon. {@link #offer} and {@link #end} from any thread,
 * {@link #run} on the connection's own.
 */
final class EventSubscriber {
    private static final Logger LOG = LoggerFactory.getLogger(EventSubscriber.class);

    private final WireExchange exchange;
    private final String remoteAddress;
    private final Set<String> wantedTypes;
    private final int limit;
    private final long heartbeatNanos;
    private final Outbox<Emission> outbox = new Outbox<>();
    private volatile boolean silent;

    /**
     * @param wantedTypes empty = all
     */
    EventSubscriber(
            WireExchange exchange,
            String remoteAddress,
            Set<String> wantedTypes,
            int limit,
            Duration heartbeat) {
        this.exchange = exchange;
        this.remoteAddress = remoteAddress;
        this.wantedTypes = Set.copyOf(wantedTypes);
        this.limit = limit;
        this.heartbeatNanos = heartbeat.toNanos();
    }

    String remoteAddress() {
        return remoteAddress;
    }

    /**
     * Queues an event. More than the limit waiting: the consumer is too slow and is cut, without a
     * word.
     */
    synchronized void offer(Emission delivery) {
        if (outbox.ended()) {
            return;
        }
        if (outbox.size() >= limit) {
            LOG.info(
                    "event stream cut: consumer={} is {} events behind",
                    remoteAddress,
                    outbox.size());
            end();
            return;
        }
        outbox.add(delivery);
    }

    /** No heartbeats while set. */
    void setSilent(boolean value) {
        silent = value;
    }

    /** Ends the stream with FIN, what waits is lost. */
    synchronized void end() {
        exchange.cut();
        outbox.end();
    }

    /**
     * Ends the stream with RST. The connection first: the writing thread ends it with FIN once the
     * outbox has ended.
     */
    synchronized void reset() {
        exchange.reset();
        outbox.end();
    }

    /** Writes until the stream ends, from here or there. */
    void run(OutputStream out) throws IOException {
        long nextHeartbeat = System.nanoTime() + heartbeatNanos;
        while (true) {
            Optional<List<Emission>> batch = outbox.take(nextHeartbeat);
            if (batch.isEmpty()) {
                return;
            }
            for (Emission delivery : batch.get()) {
                write(out, delivery);
            }
            out.flush();
            if (System.nanoTime() - nextHeartbeat >= 0) {
                nextHeartbeat += heartbeatNanos;
                heartbeat(out);
            }
        }
    }

    private void write(OutputStream out, Emission delivery) throws IOException {
        if (wantedTypes.isEmpty() || wantedTypes.contains(delivery.frame().type())) {
            out.write(delivery.frame().bytes());
        }
        switch (delivery.ending()) {
            case GO_ON -> {}
            case CLOSE -> {
                out.flush();
                end();
            }
            case RESET -> {
                out.flush();
                reset();
            }
        }
    }

    /** An empty line in two writes: clients must bear a CR at the end of what they read. */
    private void heartbeat(OutputStream out) throws IOException {
        if (silent) {
            return;
        }
        out.write('\r');
        out.flush();
        out.write('\n');
        out.flush();
    }
}

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
 * One consumer of the event stream. Events queue here while a batch is written; a queue beyond the
 * limit ends the connection, as in Marathon. {@link #offer} and {@link #end} from any thread,
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
     * Queues an event. A queue beyond the limit ends the stream without a message to the slow
     * consumer.
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

    /** Suppresses heartbeats while set. */
    void setSilent(boolean value) {
        silent = value;
    }

    /** Ends the stream with FIN; queued events are lost. */
    synchronized void end() {
        exchange.cut();
        outbox.end();
    }

    /**
     * Ends the stream with RST. Resets before the outbox ends, because the writing thread then
     * closes with FIN.
     */
    synchronized void reset() {
        exchange.reset();
        outbox.end();
    }

    /** Writes until this side or the peer ends the stream. */
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

    /** Writes an empty line in two writes: clients must accept a CR at the end of a read. */
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

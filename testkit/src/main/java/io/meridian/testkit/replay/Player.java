package io.meridian.testkit.replay;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.http.WireExchange;
import io.meridian.simulator.http.WireRequest;
import io.meridian.simulator.http.WireResponse;
import io.meridian.simulator.http.WireResponse.Header;
import io.meridian.simulator.http.WireServer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Moves along a recording's timeline and serves the state of the current moment. Only one thread at
 * a time plays.
 */
public final class Player implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Player.class);

    private final Recording recording;
    private final ReplayState state;
    private final ReplayRoutes routes;
    private final ReplayStreams streams;
    private final Duration patience;
    private final WireServer server;
    private volatile String leader;
    private final AtomicInteger position = new AtomicInteger();
    private boolean consumed;

    /**
     * Starts serving on 127.0.0.1, before the first moment.
     *
     * @param port 0 = any free one
     * @param patience how long the next connection waits for a consumer to reconnect
     * @param heartbeat interval of heartbeats while the timeline stands still
     */
    public Player(Recording recording, int port, Duration patience, Duration heartbeat) {
        this.recording = recording;
        this.state = new ReplayState(recording);
        this.routes = new ReplayRoutes(state);
        this.streams = new ReplayStreams(heartbeat, recording.moments().getFirst().at());
        this.patience = patience;
        this.leader = recording.streams().getFirst().leader();
        this.server = WireServer.start(InetAddress.getLoopbackAddress(), port, this::handle);
    }

    public int port() {
        return server.port();
    }

    /** Number of moments played so far. */
    public int position() {
        return position.get();
    }

    /** Number of consumers attached to the event stream now. */
    public int consumers() {
        return streams.size();
    }

    /** Waits for the first consumer. @return false if none came in time */
    public boolean awaitConsumer(Duration limit) throws InterruptedException {
        return streams.awaitConsumer(limit);
    }

    /** Plays the next moment; its bytes are in the kernel when this returns. */
    public Moment pass() throws InterruptedException {
        Moment moment = recording.moments().get(position.get());
        // REST is never behind the stream: a consumer that asks right after an event must find its
        // effect
        synchronized (state) {
            state.pass(moment);
        }
        switch (moment) {
            case Moment.StreamOpens opens -> open(opens);
            case Moment.Sent sent -> streams.send(sent.stream(), sent.piece());
            case Moment.StreamEnds ends -> streams.end(ends.at());
            case Moment.SnapshotTaken other -> {}
            case Moment.Requested other -> {}
            case Moment.CleanUp other -> {}
        }
        position.incrementAndGet();
        return moment;
    }

    /** Time in the recording between this moment and the next one. */
    public Duration gap() {
        int next = position.get();
        if (next == 0 || next >= recording.moments().size()) {
            return Duration.ZERO;
        }
        Instant before = recording.moments().get(next - 1).at();
        return Duration.between(before, recording.moments().get(next).at());
    }

    /**
     * The answers of {@code /v2/apps} with all embeds, {@code /v2/tasks} and {@code
     * /v2/pods/::status} now.
     */
    public List<JsonNode> listings() {
        synchronized (state) {
            return List.of(state.apps(), state.tasks(), state.podStatuses());
        }
    }

    private void open(Moment.StreamOpens opens) throws InterruptedException {
        leader = opens.stream().leader();
        consumed |= streams.size() > 0;
        streams.open(opens.at());
        if (consumed && !streams.awaitConsumer(patience)) {
            LOG.warn(
                    "no consumer attached: stream={} waited={} s; played without one",
                    opens.stream().name(),
                    patience.toSeconds());
        }
    }

    private void handle(WireRequest request, WireExchange exchange) throws IOException {
        if (request.path().equals("/v2/events")) {
            if (!request.header("accept").contains("text/event-stream")) {
                exchange.respond(
                        WireResponse.of(405, "text/plain", "Accept must be text/event-stream")
                                .withFirst(headers()));
                return;
            }
            streams.serve(request, exchange, headers());
            return;
        }
        WireResponse response;
        synchronized (state) {
            response = routes.answer(request, leader);
        }
        exchange.respond(response.withFirst(headers()));
    }

    private List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        String date =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(Instant.now().atZone(ZoneOffset.UTC));
        headers.add(new Header("Date", date));
        headers.add(new Header("X-Marathon-Leader", leader));
        headers.add(new Header("X-Frame-Options", "DENY"));
        headers.add(new Header("X-XSS-Protection", "1; mode=block"));
        headers.add(new Header("Cache-Control", "no-cache, no-store, must-revalidate"));
        headers.add(new Header("Pragma", "no-cache"));
        headers.add(new Header("Expires", "0"));
        return headers;
    }

    @Override
    public void close() {
        server.close();
        streams.end(Instant.now());
    }
}

package io.meridian.testkit.replay;

import com.fasterxml.jackson.databind.JsonNode;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Serves a recording of Marathon: {@code /v2/events} byte for byte, and REST as it answered at
 * snapshots and would have answered between them (see {@link ReplayState}). A new replay stands
 * before the first moment.
 *
 * <p>In a recording with several connections in a row (failover), streams end as recorded, and the
 * next connection is played once a consumer has reconnected. One thread plays at a time; other
 * threads serve meanwhile.
 */
public final class CaptureReplay implements AutoCloseable {
    /** Speed limited only by the consumer's reads. */
    public static final double AT_ONCE = 0;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    private final Recording recording;
    private final Player player;

    private CaptureReplay(Recording recording, int port) {
        this.recording = recording;
        this.player = new Player(recording, port, PATIENCE, HEARTBEAT);
    }

    /** Serves a folder on a free port. @throws java.io.UncheckedIOException if it cannot be read */
    public static CaptureReplay open(Path folder) {
        return open(folder, 0);
    }

    /**
     * Serves a folder.
     *
     * @param port of 127.0.0.1, 0 = any free one
     */
    public static CaptureReplay open(Path folder, int port) {
        return new CaptureReplay(Recording.read(folder), port);
    }

    /** {@code http://127.0.0.1:PORT}. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + player.port());
    }

    public int port() {
        return player.port();
    }

    /** The name of the recording. */
    public String name() {
        return recording.name();
    }

    /** All moments in order; the index of a moment is its position in this list. */
    public List<Moment> timeline() {
        return recording.moments();
    }

    /** Labels of the snapshots, in order. */
    public List<String> snapshots() {
        return recording.moments().stream()
                .filter(Moment.SnapshotTaken.class::isInstance)
                .map(Moment::label)
                .toList();
    }

    /** Number of moments played so far. */
    public int position() {
        return player.position();
    }

    /** Number of consumers attached to the event stream now. */
    public int consumers() {
        return player.consumers();
    }

    /**
     * Waits for a consumer of the stream. Call it before playing.
     *
     * @return false if no consumer came in time
     */
    public boolean awaitConsumer(Duration limit) throws InterruptedException {
        return player.awaitConsumer(limit);
    }

    /**
     * Plays up to a snapshot, so that REST answers exactly it.
     *
     * @throws IllegalArgumentException if there is no such snapshot, or it has been passed
     */
    public void playTo(String snapshot) throws InterruptedException {
        playTo(indexOf(snapshot), AT_ONCE);
    }

    /** Plays up to and including the moment at this index. */
    public void playTo(int index) throws InterruptedException {
        playTo(index, AT_ONCE);
    }

    /** Plays to the last snapshot; the rest of a recording is cleaning up. */
    public void playToLastSnapshot() throws InterruptedException {
        play(AT_ONCE);
    }

    /** Plays the whole recording, including the cleaning up. */
    public void playToEnd() throws InterruptedException {
        playTo(recording.moments().size() - 1, AT_ONCE);
    }

    /**
     * Plays to the last snapshot at a speed.
     *
     * @param speed 1 = as recorded, 10 = ten times as fast, 0 = as fast as the consumer reads
     */
    public void play(double speed) throws InterruptedException {
        playTo(recording.lastPoint(), speed);
    }

    /** Plays up to and including the moment at this index, at a speed. */
    public void playTo(int index, double speed) throws InterruptedException {
        if (index >= recording.moments().size() || index < player.position() - 1) {
            throw new IllegalArgumentException(
                    "index must be between "
                            + (player.position() - 1)
                            + " and "
                            + (recording.moments().size() - 1)
                            + ": was "
                            + index);
        }
        if (!(speed >= 0)) {
            throw new IllegalArgumentException("speed must not be negative: was " + speed);
        }
        while (player.position() <= index) {
            if (speed > 0) {
                Thread.sleep(Duration.ofNanos((long) (player.gap().toNanos() / speed)));
            }
            player.pass();
        }
    }

    /**
     * Plays up to and including the next event, with the heartbeats before it.
     *
     * @return false at the end of the recording
     */
    public boolean step() throws InterruptedException {
        while (player.position() < recording.moments().size()) {
            if (player.pass() instanceof Moment.Sent sent && sent.piece().isEvent()) {
                return true;
            }
        }
        return false;
    }

    /**
     * The REST listings at one moment.
     *
     * @param apps as {@code /v2/apps} with tasks, counts, deployments and last failures
     * @param tasks as {@code /v2/tasks}
     * @param pods as {@code /v2/pods/::status}
     */
    public record Listings(JsonNode apps, JsonNode tasks, JsonNode pods) {
        private static Listings of(List<JsonNode> parts) {
            return new Listings(parts.get(0), parts.get(1), parts.get(2));
        }
    }

    /** The REST listings at the current moment. */
    public Listings listings() {
        return Listings.of(player.listings());
    }

    /**
     * The REST listings at the last snapshot (without one, at the start of cleaning up),
     * independent of how much has been played.
     */
    public Listings expectedAtEnd() {
        return expectedAt(recording.lastPoint());
    }

    /**
     * The REST listings after the moment at this index, independent of how much has been played.
     */
    public Listings expectedAt(int index) {
        ReplayState ahead = new ReplayState(recording);
        recording.moments().subList(0, index + 1).forEach(ahead::pass);
        return new Listings(ahead.apps(), ahead.tasks(), ahead.podStatuses());
    }

    private int indexOf(String snapshot) {
        for (int i = 0; i < recording.moments().size(); i++) {
            Moment moment = recording.moments().get(i);
            if (moment instanceof Moment.SnapshotTaken && moment.label().equals(snapshot)) {
                return i;
            }
        }
        throw new IllegalArgumentException(
                "no snapshot is called " + snapshot + ": there are " + snapshots());
    }

    /** Ends streams and stops listening. */
    @Override
    public void close() {
        player.close();
    }
}

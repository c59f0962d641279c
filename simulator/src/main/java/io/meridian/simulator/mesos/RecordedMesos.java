package io.meridian.simulator.mesos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.Json;
import io.meridian.simulator.marathon.fault.Ending;
import io.meridian.simulator.mesos.SimulatedMesosSettings.Api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A master that replays a recording of another one. A recording is a stream of records (one JSON
 * value a line, the first is SUBSCRIBED), a GET_STATE document, or a {@code /master/state} document
 * of an old master without the v1 API. Any thread.
 */
public final class RecordedMesos implements AutoCloseable {
    private static final double HEARTBEAT_SECONDS = 15;

    private final Audience audience = new Audience();
    private final Book book;
    private final MesosMember member;

    private RecordedMesos(Recording recording) {
        this.book = new Book(recording, audience);
        Election election = new Election();
        this.member =
                new MesosMember(
                        SimulatedMesosSettings.defaults().withApi(recording.api()),
                        InetAddress.getLoopbackAddress(),
                        election,
                        book,
                        audience);
        election.join(member.hostPort());
    }

    /**
     * Serves a file; of a stream, only the first record at first.
     *
     * @throws IllegalArgumentException if the file is no recording of these three kinds
     */
    public static RecordedMesos open(Path file) {
        try {
            return of(Files.readString(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Like {@link #open}, for the text of a recording. */
    public static RecordedMesos of(String text) {
        return new RecordedMesos(Recording.of(text));
    }

    public URI url() {
        return URI.create("http://" + member.hostPort());
    }

    public MesosFaults faults() {
        return audience.faults();
    }

    /** Number of records of the stream that have not been played. */
    public int left() {
        return book.left();
    }

    /** Plays the next record. */
    public void play() {
        book.play(1);
    }

    /** Plays the remaining records. */
    public void playAll() {
        book.play(Integer.MAX_VALUE);
    }

    /** Number of subscribers of the stream now. */
    public int subscribers() {
        return audience.size();
    }

    @Override
    public void close() {
        audience.end(Ending.CLOSE);
        member.close();
    }

    /**
     * @param records records of a stream; empty for a document
     * @param state content of a GET_STATE document
     * @param document {@code /master/state}
     */
    private record Recording(
            List<byte[]> records, Optional<JsonNode> state, Optional<JsonNode> document) {
        private static Recording of(String text) {
            JsonNode first = first(text);
            if (first.has("slaves")) {
                return new Recording(List.of(), Optional.empty(), Optional.of(first));
            }
            if (first.has("get_state")) {
                ObjectNode payload = Json.object();
                payload.set("get_state", first.path("get_state"));
                payload.put("heartbeat_interval_seconds", HEARTBEAT_SECONDS);
                byte[] subscribed = Json.bytes(StateDocuments.message("SUBSCRIBED", payload));
                return new Recording(
                        List.of(subscribed),
                        Optional.of(first.path("get_state")),
                        Optional.empty());
            }
            if (first.has("subscribed")) {
                List<byte[]> records =
                        text.lines()
                                .filter(line -> !line.isBlank())
                                .map(line -> line.getBytes(StandardCharsets.UTF_8))
                                .toList();
                return new Recording(records, Optional.empty(), Optional.empty());
            }
            throw new IllegalArgumentException("neither a stream nor a state of a master");
        }

        private static JsonNode first(String text) {
            try {
                return Json.read(text);
            } catch (JsonProcessingException unreadable) {
                throw new IllegalArgumentException("not JSON", unreadable);
            }
        }

        private Api api() {
            return document.isPresent() ? Api.STATE_ONLY : Api.STREAM;
        }
    }

    /** A late subscriber gets every record that has been played, so it folds the same state. */
    private static final class Book implements MasterBook {
        private final Recording recording;
        private final Audience audience;
        private int played;

        private Book(Recording recording, Audience audience) {
            this.recording = recording;
            this.audience = audience;
            this.played = Math.min(1, recording.records().size());
        }

        private synchronized int left() {
            return recording.records().size() - played;
        }

        private synchronized void play(int count) {
            for (int i = 0; i < count && left() > 0; i++) {
                audience.publish(recording.records().get(played));
                played++;
            }
        }

        @Override
        public Optional<JsonNode> getState() {
            return recording.state();
        }

        @Override
        public Optional<JsonNode> legacyState(String member, String leader) {
            return recording.document();
        }

        @Override
        public Optional<JsonNode> withoutTasks(String member, String leader) {
            return recording.document();
        }

        @Override
        public synchronized void subscribe(RecordStream stream, boolean empty) {
            audience.subscribe(stream, recording.records().subList(0, played));
        }
    }
}

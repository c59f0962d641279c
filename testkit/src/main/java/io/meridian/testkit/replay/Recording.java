package io.meridian.testkit.replay;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.marathon.Json;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * One recording, read whole from its folder.
 *
 * @param name of the folder
 * @param streams connections of the recording client, one after the other
 * @param moments all moments in order
 */
public record Recording(
        String name,
        List<RecordedStream> streams,
        List<RecordedSnapshot> snapshots,
        List<Moment> moments) {
    private static final Pattern LATER_STREAM =
            Pattern.compile("events-(after.*|new-leader)\\.sse(\\.gz)?");
    private static final Pattern SNAPSHOT = Pattern.compile("(.+?)\\.([a-z-]+)\\.json(\\.gz)?");

    public Recording {
        streams = List.copyOf(streams);
        snapshots = List.copyOf(snapshots);
        moments = List.copyOf(moments);
    }

    /**
     * Reads a folder as described in the recordings' INDEX.md.
     *
     * @throws UncheckedIOException if files are missing or unreadable
     * @throws IllegalArgumentException if the log lacks what the timeline needs
     */
    public static Recording read(Path folder) {
        try {
            RequestLog log = new RequestLog(Files.readAllLines(folder.resolve("requests.log")));
            List<RecordedStream> streams = streams(folder, log);
            List<RecordedSnapshot> snapshots = snapshots(folder, log, endOf(streams));
            return new Recording(
                    folder.getFileName().toString(),
                    streams,
                    snapshots,
                    moments(log, streams, snapshots));
        } catch (IOException fault) {
            throw new UncheckedIOException("cannot read recording " + folder, fault);
        }
    }

    /**
     * Index at which replay stops: the last snapshot, else the start of cleaning up, else the end.
     */
    public int lastPoint() {
        for (int i = moments.size() - 1; i >= 0; i--) {
            if (moments.get(i) instanceof Moment.SnapshotTaken) {
                return i;
            }
        }
        for (int i = 0; i < moments.size(); i++) {
            if (moments.get(i) instanceof Moment.CleanUp) {
                return i;
            }
        }
        return moments.size() - 1;
    }

    private static List<RecordedStream> streams(Path folder, RequestLog log) throws IOException {
        List<RecordedStream> streams = new ArrayList<>();
        streams.add(stream(folder, existing(folder, "events.sse"), Optional.of(log.connected())));
        List<Path> later;
        try (Stream<Path> files = Files.list(folder)) {
            later =
                    files.filter(
                                    file ->
                                            LATER_STREAM
                                                    .matcher(file.getFileName().toString())
                                                    .matches())
                            .toList();
        }
        List<RecordedStream> others = new ArrayList<>();
        for (Path file : later) {
            others.add(stream(folder, file, Optional.empty()));
        }
        others.sort(Comparator.comparing(RecordedStream::opened));
        streams.addAll(others);
        return streams;
    }

    /**
     * @param connected origin of the arrival times; for a later connection its first event gives
     *     it, because the client had already waited for an answer
     */
    private static RecordedStream stream(Path folder, Path file, Optional<Instant> connected)
            throws IOException {
        byte[] bytes = content(file);
        String name = file.getFileName().toString().replaceAll("\\.gz$", "");
        String base = name.replaceAll("\\.sse$", "");
        Path table = folder.resolve(base + ".arrival.tsv");
        List<String> lines = Files.exists(table) ? Files.readAllLines(table) : List.of();
        String leader =
                Files.readAllLines(folder.resolve(base + ".headers")).stream()
                        .filter(line -> line.startsWith("X-Marathon-Leader: "))
                        .map(line -> line.substring("X-Marathon-Leader: ".length()).strip())
                        .findFirst()
                        .orElse("");
        List<StreamReader.Arrival> arrivals = StreamReader.arrivals(lines);
        Instant start = connected.orElseGet(() -> StreamReader.start(bytes, arrivals));
        List<Piece> pieces = new StreamReader(bytes, start, arrivals).pieces();
        Instant opened = connected.isPresent() ? start : pieces.getFirst().at();
        return new RecordedStream(name, opened, leader, bytes, pieces);
    }

    private static List<RecordedSnapshot> snapshots(Path folder, RequestLog log, Instant end)
            throws IOException {
        Path files = folder.resolve("snapshots");
        if (!Files.isDirectory(files)) {
            return List.of();
        }
        Map<String, Map<String, JsonNode>> answers = new HashMap<>();
        try (Stream<Path> list = Files.list(files)) {
            for (Path file : list.toList()) {
                Matcher name = SNAPSHOT.matcher(file.getFileName().toString());
                if (name.matches() && !name.group(2).equals("metrics")) {
                    answers.computeIfAbsent(name.group(1), label -> new HashMap<>())
                            .put(name.group(2), Json.readTrusted(content(file)));
                }
            }
        }
        List<RecordedSnapshot> snapshots = new ArrayList<>();
        Set<String> logged = new HashSet<>();
        for (RequestLog.SnapshotEntry entry : log.snapshots()) {
            Optional.ofNullable(answers.get(entry.label()))
                    .ifPresent(
                            found -> {
                                logged.add(entry.label());
                                snapshots.add(
                                        new RecordedSnapshot(
                                                entry.label(),
                                                entry.notBefore(),
                                                entry.at(),
                                                found));
                            });
        }
        // a snapshot that the log does not mention was taken at the end
        answers.keySet().stream()
                .sorted()
                .filter(label -> !logged.contains(label))
                .forEach(
                        label ->
                                snapshots.add(
                                        new RecordedSnapshot(label, end, end, answers.get(label))));
        return snapshots;
    }

    private static List<Moment> moments(
            RequestLog log, List<RecordedStream> streams, List<RecordedSnapshot> snapshots) {
        List<Moment> moments = new ArrayList<>();
        for (RecordedStream stream : streams) {
            moments.add(new Moment.StreamOpens(stream.opened(), stream));
            stream.pieces()
                    .forEach(piece -> moments.add(new Moment.Sent(piece.at(), stream, piece)));
            Instant lastPiece =
                    stream.pieces().isEmpty() ? stream.opened() : stream.pieces().getLast().at();
            log.ended(stream.name())
                    .map(at -> at.isBefore(lastPiece) ? lastPiece : at)
                    .ifPresent(at -> moments.add(new Moment.StreamEnds(at, stream)));
        }
        log.requests().forEach(request -> moments.add(new Moment.Requested(request.at(), request)));
        log.cleanUp().ifPresent(at -> moments.add(new Moment.CleanUp(at)));
        snapshots.forEach(
                snapshot -> moments.add(new Moment.SnapshotTaken(snapshot.at(), snapshot)));
        moments.sort(Comparator.comparing(Moment::at).thenComparing(Recording::rank));
        return moments;
    }

    /** Order within one ms: moments of the stream, then the snapshot, then the others. */
    private static int rank(Moment moment) {
        return switch (moment) {
            case Moment.StreamOpens opens -> 0;
            case Moment.Sent sent -> 0;
            case Moment.StreamEnds ends -> 0;
            case Moment.SnapshotTaken snapshot -> 1;
            case Moment.CleanUp cleanUp -> 2;
            case Moment.Requested requested -> 3;
        };
    }

    private static Instant endOf(List<RecordedStream> streams) {
        RecordedStream last = streams.getLast();
        return last.pieces().isEmpty() ? last.opened() : last.pieces().getLast().at();
    }

    private static Path existing(Path folder, String name) {
        Path plain = folder.resolve(name);
        return Files.exists(plain) ? plain : folder.resolve(name + ".gz");
    }

    private static byte[] content(Path file) throws IOException {
        if (!file.getFileName().toString().endsWith(".gz")) {
            return Files.readAllBytes(file);
        }
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }
}

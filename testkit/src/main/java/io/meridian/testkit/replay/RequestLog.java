package io.meridian.testkit.replay;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code requests.log} of a recording: entries in order, times in UTC. */
final class RequestLog {
    private static final Pattern ENTRY = Pattern.compile("^(\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z) (.*)$");
    private static final Pattern CALL = Pattern.compile("^(POST|PUT|PATCH|DELETE) (\\S+)$");
    private static final Pattern SNAPSHOT = Pattern.compile("^## snapshot (\\S+):.*$");
    private static final Pattern ENDED = Pattern.compile("^## stream (\\S+) ended by peer.*$");

    /** A line with its time, and the indented lines under it by their first word. */
    private record Entry(Instant at, Instant previous, String text, Map<String, String> details) {}

    private final List<Entry> entries = new ArrayList<>();

    RequestLog(List<String> lines) {
        Instant previous = Instant.MIN;
        for (String line : lines) {
            Matcher entry = ENTRY.matcher(line);
            if (entry.matches()) {
                Instant at = Instant.parse(entry.group(1));
                entries.add(new Entry(at, previous, entry.group(2), new LinkedHashMap<>()));
                previous = at;
            } else if (line.startsWith("    ") && !entries.isEmpty()) {
                String[] parts = line.strip().split(" ", 2);
                entries.getLast().details().putIfAbsent(parts[0], parts.length > 1 ? parts[1] : "");
            }
        }
    }

    /** When the first connection was open. @throws IllegalArgumentException if the log lacks it */
    Instant connected() {
        return entries.stream()
                .filter(entry -> entry.text().startsWith("## connected GET /v2/events"))
                .map(Entry::at)
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "requests.log does not say when the stream opened"));
    }

    /** When the server ended this stream; empty if it did not. */
    Optional<Instant> ended(String stream) {
        return entries.stream()
                .filter(
                        entry -> {
                            Matcher ended = ENDED.matcher(entry.text());
                            return ended.matches() && ended.group(1).equals(stream);
                        })
                .map(Entry::at)
                .findFirst();
    }

    Optional<Instant> cleanUp() {
        return entries.stream()
                .filter(entry -> entry.text().startsWith("## cleanup"))
                .map(Entry::at)
                .findFirst();
    }

    List<LoggedRequest> requests() {
        List<LoggedRequest> requests = new ArrayList<>();
        for (Entry entry : entries) {
            Matcher call = CALL.matcher(entry.text());
            if (call.matches()) {
                requests.add(
                        new LoggedRequest(
                                entry.at(),
                                call.group(1),
                                call.group(2),
                                entry.details().getOrDefault("body", ""),
                                entry.details().getOrDefault("resp", "")));
            }
        }
        return requests;
    }

    /**
     * Label and the span in which the GETs were made: after the entry before, until its own time.
     */
    record SnapshotEntry(String label, Instant notBefore, Instant at) {}

    List<SnapshotEntry> snapshots() {
        List<SnapshotEntry> snapshots = new ArrayList<>();
        for (Entry entry : entries) {
            Matcher snapshot = SNAPSHOT.matcher(entry.text());
            if (snapshot.matches()) {
                snapshots.add(new SnapshotEntry(snapshot.group(1), entry.previous(), entry.at()));
            }
        }
        return snapshots;
    }
}

package io.meridian.domain.text;

import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * Chooses which repetitions of a log line to write: the 1st, 2nd, 4th, 8th... about one subject, so
 * that a lasting fault cannot fill a disk. Remembers the last {@value #SUBJECTS} subjects. Not
 * thread-safe.
 */
public final class Repeats {
    private static final int SUBJECTS = 1000;

    private final LinkedHashMap<String, Long> counts = new LinkedHashMap<>();

    /**
     * The line to write now, with its count from the second on.
     *
     * @param subject what the line is about; lines about one subject may differ
     * @return empty if this repetition is left out
     */
    public Optional<String> line(String subject, String line) {
        Long before = counts.remove(subject);
        long count = before == null ? 1 : before + 1;
        counts.put(subject, count);
        if (counts.size() > SUBJECTS) {
            counts.pollFirstEntry();
        }
        if (Long.bitCount(count) != 1) {
            return Optional.empty();
        }
        return Optional.of(
                count == 1
                        ? line
                        : line + " (" + count + " times so far; the next line at twice that)");
    }

    /**
     * The fault is over: the next line about the subject is a first one.
     *
     * @return whether there was one
     */
    public boolean over(String subject) {
        return counts.remove(subject) != null;
    }
}

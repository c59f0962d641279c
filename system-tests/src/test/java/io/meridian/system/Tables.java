package io.meridian.system;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Both tables as a client sees them. VIPs are named {@code protocol name-or-address:port} with
 * their name in DNS; a VIP without backends is left out.
 *
 * @param records {@code name type data}
 */
record Tables(
        SortedSet<String> records, SortedMap<String, SortedSet<ExpectedTask.Backend>> backends) {
    /**
     * Returns the tables without the backends of tasks that Marathon has given up behind a
     * partition; such backends stay for a while.
     */
    Tables withoutUnreachable(Tables expected) {
        SortedMap<String, SortedSet<ExpectedTask.Backend>> left = new TreeMap<>();
        backends.forEach(
                (vip, all) -> {
                    SortedSet<ExpectedTask.Backend> wanted =
                            expected.backends.getOrDefault(vip, new TreeSet<>());
                    SortedSet<ExpectedTask.Backend> kept = new TreeSet<>(all);
                    kept.removeIf(
                            backend ->
                                    backend.state().equals("unreachable")
                                            && !wanted.contains(backend));
                    if (!kept.isEmpty()) {
                        left.put(vip, kept);
                    }
                });
        return new Tables(records, left);
    }

    /** All entries, one line each, to compare and to print. */
    SortedSet<String> lines() {
        SortedSet<String> lines = new TreeSet<>();
        records.forEach(record -> lines.add("record " + record));
        backends.forEach(
                (vip, all) -> all.forEach(backend -> lines.add("vip " + vip + " -> " + backend)));
        return lines;
    }
}

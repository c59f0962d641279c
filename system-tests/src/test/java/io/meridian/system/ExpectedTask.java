package io.meridian.system;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Records and backends of one task, by the oracle.
 *
 * @param records {@code name type data} of the .mesos zone
 * @param backends by VIP
 */
record ExpectedTask(String id, List<String> records, Map<String, List<Backend>> backends) {
    /** One line of a VIP's backends, as the API shows it. */
    record Backend(String address, int port, int weight, String task, String state)
            implements Comparable<Backend> {
        @Override
        public String toString() {
            return address + ":" + port + " weight " + weight + " " + state + " " + task;
        }

        @Override
        public int compareTo(Backend other) {
            return toString().compareTo(other.toString());
        }
    }

    /** Merges the records and backends of all tasks into one pair of tables. */
    static Tables tables(List<ExpectedTask> tasks) {
        Tables tables = new Tables(new TreeSet<>(), new TreeMap<>());
        for (ExpectedTask task : tasks) {
            tables.records().addAll(task.records);
            task.backends.forEach(
                    (vip, backends) ->
                            tables.backends()
                                    .computeIfAbsent(vip, _ -> new TreeSet<>())
                                    .addAll(backends));
        }
        return tables;
    }
}

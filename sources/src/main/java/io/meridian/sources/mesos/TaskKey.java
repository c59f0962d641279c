package io.meridian.sources.mesos;

import java.util.Comparator;

/**
 * What makes a task unique in time (specs: marathon-mesos-api 2.3).
 *
 * @param framework id
 * @param task id
 */
record TaskKey(String framework, String task) implements Comparable<TaskKey> {
    private static final Comparator<TaskKey> ORDER =
            Comparator.comparing(TaskKey::task).thenComparing(TaskKey::framework);

    @Override
    public int compareTo(TaskKey other) {
        return ORDER.compare(this, other);
    }
}

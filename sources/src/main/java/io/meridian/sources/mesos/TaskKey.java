package io.meridian.sources.mesos;

/**
 * What makes a task unique in time (specs: marathon-mesos-api 2.3).
 *
 * @param framework id
 * @param task id
 */
record TaskKey(String framework, String task) implements Comparable<TaskKey> {
    @Override
    public int compareTo(TaskKey other) {
        int byTask = task.compareTo(other.task);
        return byTask != 0 ? byTask : framework.compareTo(other.framework);
    }
}

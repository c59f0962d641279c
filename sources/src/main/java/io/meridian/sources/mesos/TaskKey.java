package io.meridian.sources.mesos;

/**
 * Key of a task, unique over time (specs: marathon-mesos-api 2.3).
 *
 * @param framework id of the framework
 * @param task id of the task
 */
record TaskKey(String framework, String task) implements Comparable<TaskKey> {
    @Override
    public int compareTo(TaskKey other) {
        int byTask = task.compareTo(other.task);
        return byTask != 0 ? byTask : framework.compareTo(other.framework);
    }
}

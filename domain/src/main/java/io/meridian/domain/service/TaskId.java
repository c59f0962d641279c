package io.meridian.domain.service;

/** A Mesos task id: an opaque key, unique in time within its framework. */
public record TaskId(String value) implements Comparable<TaskId> {
    public TaskId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a task id must not be empty");
        }
    }

    @Override
    public int compareTo(TaskId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

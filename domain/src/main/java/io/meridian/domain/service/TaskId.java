package io.meridian.domain.service;

import io.meridian.domain.text.StorableText;

import java.util.Comparator;

/**
 * Key of a task within a service. Mesos's task ids are unique within one framework id only: Spark
 * numbers the tasks of each job from 0, and each job is a framework of its own. Holds no text that
 * the journal cannot hold ({@link StorableText}).
 *
 * @param framework id of the task's framework; empty if the service's owner reads one framework
 *     only, as Marathon's source does
 * @param value Mesos task id, verbatim
 */
public record TaskId(String framework, String value) implements Comparable<TaskId> {
    private static final Comparator<TaskId> ORDER =
            Comparator.comparing(TaskId::value).thenComparing(TaskId::framework);

    public TaskId {
        StorableText.checkedId(value, StorableText.MAX_ID, "task id");
        if (!framework.isEmpty()) {
            StorableText.checkedId(framework, StorableText.MAX_ID, "framework id");
        }
    }

    /** The key of a task whose service has tasks of one framework only. */
    public TaskId(String value) {
        this("", value);
    }

    /** Reads what {@link #toString()} wrote. */
    public static TaskId parse(String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? new TaskId(text)
                : new TaskId(
                        text.substring(0, slash).replace("%2F", "/").replace("%25", "%"),
                        text.substring(slash + 1));
    }

    @Override
    public int compareTo(TaskId other) {
        return ORDER.compare(this, other);
    }

    /**
     * {@code framework/task}, or the task id alone if there is no framework; journal and tables
     * hold this text. Mesos allows no slash in an id; one in a framework id becomes {@code %2F}.
     */
    @Override
    public String toString() {
        return framework.isEmpty() && value.indexOf('/') < 0
                ? value
                : framework.replace("%", "%25").replace("/", "%2F") + "/" + value;
    }
}

package io.meridian.domain.zone;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.table.Owner;

import java.util.Collection;

/**
 * Which task a name stands for: a TXT record {@code "task=<task id>"} at the task's own name, so
 * that a name seen in a log leads to the task in Mesos.
 */
final class TaskText {
    /** Longest character-string (RFC 1035 3.3). */
    private static final int MAX_STRING = 255;

    private TaskText() {}

    /**
     * Adds it, unless the id can't be one string of printable ASCII, or the name has no address:
     * before an agent is known the name may not be the last one.
     */
    static void add(
            MesosDnsRules rules, ServiceId service, Instance instance, Collection<ZoneRow> rows) {
        String text = "task=" + instance.task();
        if (text.length() > MAX_STRING
                || !text.chars().allMatch(c -> c >= ' ' && c <= '~')
                || rules.addresses(instance).isEmpty()) {
            return;
        }
        String data = "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        rules.ownHost(service, instance)
                .ifPresent(
                        name ->
                                rows.add(
                                        new ZoneRow(
                                                rules.domain(),
                                                name,
                                                RecordType.TXT,
                                                data,
                                                Owner.of(service, instance.task()))));
    }
}

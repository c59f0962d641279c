package io.meridian.domain.zone;

import io.meridian.domain.service.Instance;

import java.util.Collection;
import java.util.Optional;

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
     *
     * @param ownHost see {@link MesosDnsRules#add}
     */
    static void add(
            String owner,
            MesosDnsRules rules,
            Optional<String> ownHost,
            Instance instance,
            Collection<ZoneRow> rows) {
        String text = "task=" + instance.task();
        if (ownHost.isEmpty()
                || text.length() > MAX_STRING
                || !isPrintable(text)
                || rules.addresses(instance).isEmpty()) {
            return;
        }
        String data = "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        rows.add(new ZoneRow(rules.domain(), ownHost.get(), RecordType.TXT, data, owner));
    }

    private static boolean isPrintable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }
}

package io.meridian.domain.zone;

import io.meridian.domain.service.Instance;

import java.util.Collection;
import java.util.Optional;

/**
 * A TXT record {@code "task=<task id>"} at the task's own name, which leads from a name in a log to
 * the task in Mesos.
 */
final class TaskText {
    /** Longest character-string (RFC 1035 3.3). */
    private static final int MAX_STRING = 255;

    private TaskText() {}

    /**
     * Adds the record. Leaves it out if the id does not fit into one string of printable ASCII, or
     * the name has no address yet: it may still change before the agent is known.
     *
     * @param ownHost see {@link MesosDnsRules#add}
     */
    static void add(
            String owner,
            MesosDnsRules rules,
            Optional<String> ownHost,
            Instance instance,
            Collection<ZoneRow> rows) {
        String text = "task=" + instance.task().value();
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

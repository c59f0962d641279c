package io.meridian.system;

import io.meridian.database.PostgresSettings;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Collects every event that a test has read from the journal, and reports events that are lost or
 * changed later.
 */
final class Acknowledged {
    private final PostgresSettings database;
    private final Set<String> seen = new TreeSet<>();

    Acknowledged(PostgresSettings database) {
        this.database = database;
    }

    /**
     * @return events that are missing or changed since an earlier read
     */
    List<String> lost() {
        Set<String> now =
                new TreeSet<>(
                        Database.rows(
                                database,
                                "SELECT persistence_id, seq_nr, md5(event_payload) FROM"
                                        + " event_journal"));
        List<String> lost = seen.stream().filter(event -> !now.contains(event)).toList();
        seen.addAll(now);
        return lost;
    }

    /**
     * @return entities whose events have gaps
     */
    List<String> gaps() {
        return Database.rows(
                database,
                "SELECT persistence_id, count(*), max(seq_nr) FROM event_journal GROUP BY"
                        + " persistence_id HAVING count(*) <> max(seq_nr)");
    }

    int size() {
        return seen.size();
    }
}

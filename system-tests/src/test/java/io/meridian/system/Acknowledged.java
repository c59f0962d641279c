package io.meridian.system;

import io.meridian.database.PostgresSettings;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Every event that the journal has ever been seen to hold: it may never lose one or change it. */
final class Acknowledged {
    private final PostgresSettings database;
    private final Set<String> seen = new TreeSet<>();

    Acknowledged(PostgresSettings database) {
        this.database = database;
    }

    /**
     * @return events that were there and are not, or are others
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

package io.meridian.projections;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Journalled events that the tables do not include, as the database said last.
 *
 * @param lag age of the oldest event that waits for its projection; zero if none waits
 * @param setAside number of events set aside, because they cannot be projected
 * @param examples the oldest of these, at most three: entity, sequence number and error
 */
public record ProjectionBacklog(Duration lag, long setAside, List<String> examples) {
    /** A node whose projections lag more than this is degraded. */
    static final Duration LIMIT = Duration.ofSeconds(30);

    public ProjectionBacklog {
        examples = List.copyOf(examples);
    }

    /** A sentence for the operator if the tables are more than 30 s behind the journal. */
    public Optional<String> lagProblem() {
        return lag.compareTo(LIMIT) > 0
                ? Optional.of(
                        "the tables are %d s behind the journal; nodes serve what was true then; see"
                                        .formatted(lag.toSeconds())
                                + " the log of the masters for \"cannot project events\"")
                : Optional.empty();
    }

    /** A sentence for the operator if events are set aside. */
    public Optional<String> setAsideProblem() {
        return setAside > 0
                ? Optional.of(
                        "%d events cannot be projected, their tasks are not served as they are: %s"
                                .formatted(setAside, String.join("; ", examples)))
                : Optional.empty();
    }
}

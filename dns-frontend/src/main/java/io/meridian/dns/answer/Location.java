package io.meridian.dns.answer;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Renaming;

import org.jspecify.annotations.Nullable;

/**
 * The zone that a question's name belongs to. {@link DnsImage#locate} finds it once per query.
 *
 * @param alias renames the question into our zones; null if the name is no alias
 * @param name the name after renaming; null if it is too long then
 * @param zone the zone of {@code name}; null if it is in none of ours
 */
public record Location(@Nullable Renaming alias, @Nullable DnsName name, @Nullable Zone zone) {
    /** More labels than any name has. */
    private static final int ALL_LABELS = DnsName.MAX_LENGTH;

    /**
     * Number of labels by which our zones match the question's name; -1 for none. A forward zone
     * with more labels takes the query. An alias is always ours.
     */
    public int matchedLabels() {
        if (alias != null) {
            return ALL_LABELS;
        }
        return zone == null || name == null ? -1 : zone.matchedLabels(name);
    }
}

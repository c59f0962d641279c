package io.meridian.dns.answer;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Renaming;

import org.jspecify.annotations.Nullable;

/**
 * The zone of a question's name. {@link DnsImage#locate} finds it once per query.
 *
 * @param alias renames the question into our zones; null for a name that is no alias
 * @param name the name after renaming; null if it would be too long
 * @param zone the zone of {@code name}; null if none of ours has it
 */
public record Location(@Nullable Renaming alias, @Nullable DnsName name, @Nullable Zone zone) {
    /** A number of labels that no name reaches. */
    private static final int ALL_LABELS = DnsName.MAX_LENGTH;

    /**
     * Number of labels by which our zones match the question's name; -1 if none matches. A forward
     * zone with more labels takes the query. Aliases are never forwarded.
     */
    public int matchedLabels() {
        if (alias != null) {
            return ALL_LABELS;
        }
        return zone == null || name == null ? -1 : zone.matchedLabels(name);
    }
}

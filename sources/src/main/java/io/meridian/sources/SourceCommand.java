package io.meridian.sources;

import io.meridian.domain.service.ServiceId;

import java.time.Instant;

/** What the ingest asks of a source. A source takes these from its own {@code Command} type. */
public sealed interface SourceCommand {
    /** Read this one service again soon; several asks within the debounce time are one read. */
    record Reread(ServiceId service) implements SourceCommand {}

    /**
     * Read the definition as it was at that version; answered by {@link SourceSignal.VersionRead}.
     */
    record ReadVersion(ServiceId service, Instant version) implements SourceCommand {}

    /** Take a full listing now (or right after the one under way). */
    record ListAll() implements SourceCommand {}
}

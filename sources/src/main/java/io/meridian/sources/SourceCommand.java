package io.meridian.sources;

import io.meridian.domain.service.ServiceId;

import java.time.Instant;

/** A request of the ingest to a source, wrapped in the source's own {@code Command}. */
public sealed interface SourceCommand {
    /** Read this service soon; requests within the debounce time are one read. */
    record Reread(ServiceId service) implements SourceCommand {}

    /** Read the definition at this version; answered by {@link SourceSignal.VersionRead}. */
    record ReadVersion(ServiceId service, Instant version) implements SourceCommand {}

    /** Read a full listing now, or right after the one under way. */
    record ListAll() implements SourceCommand {}
}

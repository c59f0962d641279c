package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceId;
import io.meridian.sources.SourceSignal;

/** One thing that follows from an event. */
sealed interface Step {
    /** Tell the ingest. */
    record Emit(SourceSignal signal) implements Step {}

    /**
     * Health and reachability in answers that were asked for before now may be outdated for this
     * service.
     */
    record Touch(ServiceId service) implements Step {}

    /** Read the service again soon. */
    record Reread(ServiceId service, ServiceKind kind) implements Step {}

    /** A change of this service is under way: it explains changes of the groups above it. */
    record Name(ServiceId service) implements Step {}

    /**
     * Something in or below this group changed; unless a named service explains it, a full listing
     * must tell what.
     */
    record Explain(String group) implements Step {}

    /** Only a full listing can tell. */
    record ListAll(String reason) implements Step {}
}

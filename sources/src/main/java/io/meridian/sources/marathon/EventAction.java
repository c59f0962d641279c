package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceId;
import io.meridian.sources.SourceSignal;

/** One action that follows from an event; {@link EventTranslator} decides, in order. */
sealed interface EventAction {
    /** Signal the ingest. */
    record Emit(SourceSignal signal) implements EventAction {}

    /**
     * Mark reads under way as outdated for this service: their health and reachability may be older
     * than the event.
     */
    record MarkOutdated(ServiceId service) implements EventAction {}

    /** Read the service after the debounce. */
    record Reread(ServiceId service, ServiceKind kind) implements EventAction {}

    /** Note that the service is changing, which explains changes of the groups above it. */
    record ServiceChanging(ServiceId service) implements EventAction {}

    /**
     * Find the services that explain the change of this group. A change that no service explains
     * needs a full listing.
     */
    record ResolveGroupChange(String group) implements EventAction {}

    /** Read a full listing, because the event does not name what changed. */
    record ListAll(String reason) implements EventAction {}
}

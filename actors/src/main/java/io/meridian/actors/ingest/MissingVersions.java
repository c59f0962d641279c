package io.meridian.actors.ingest;

import io.meridian.domain.service.ServiceId;
import io.meridian.sources.SourceSignal;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;

/**
 * Versions whose definition was asked for. The newest definition stands in for one that can't be
 * had, but not while others of the service are still to come.
 */
final class MissingVersions {
    private final Map<ServiceId, Set<Instant>> awaited = new HashMap<>();
    private final Map<ServiceId, Set<Instant>> unavailable = new HashMap<>();
    private final Map<ServiceId, Set<Instant>> answered = new HashMap<>();

    boolean fallback(ServiceId service) {
        return unavailable.containsKey(service) && !awaited.containsKey(service);
    }

    /** An entity has taken note of a listing that has tasks of these versions; asks are sent. */
    void uncovered(ServiceId service, SortedSet<Instant> versions) {
        if (versions.isEmpty()) {
            awaited.remove(service);
            unavailable.remove(service);
            answered.remove(service);
            return;
        }
        Set<Instant> open = new HashSet<>(versions);
        open.removeAll(unavailable.getOrDefault(service, Set.of()));
        if (open.isEmpty()) {
            awaited.remove(service);
        } else {
            awaited.put(service, open);
        }
    }

    /**
     * An answer came. One that does not cover its version, or comes a second time because the first
     * did not help, is as good as none: asking on would never end.
     */
    void answered(SourceSignal.VersionRead read) {
        boolean covers =
                read.observation()
                        .filter(defined -> defined.definition().covers(read.version()))
                        .isPresent();
        boolean first =
                answered.computeIfAbsent(read.service(), _ -> new HashSet<>()).add(read.version());
        if (!covers || !first) {
            unavailable.computeIfAbsent(read.service(), _ -> new HashSet<>()).add(read.version());
        }
        Set<Instant> open = awaited.getOrDefault(read.service(), new HashSet<>());
        open.remove(read.version());
        if (open.isEmpty()) {
            awaited.remove(read.service());
        }
    }

    /** Answers that were to come don't. */
    void detached() {
        awaited.clear();
    }
}

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
 * Definition versions that running tasks need and the ingest has requested from the source. The
 * newest definition replaces one that the source cannot read, but only after all requests of the
 * service are answered.
 */
final class MissingVersions {
    private final Map<ServiceId, Set<Instant>> requested = new HashMap<>();
    private final Map<ServiceId, Set<Instant>> unavailable = new HashMap<>();
    private final Map<ServiceId, Set<Instant>> answered = new HashMap<>();

    /** Whether tasks of uncovered versions may use the service's newest definition. */
    boolean useNewest(ServiceId service) {
        return unavailable.containsKey(service) && !requested.containsKey(service);
    }

    /** The entity has applied a listing; the ingest requests each of these versions. */
    void uncovered(ServiceId service, SortedSet<Instant> versions) {
        if (versions.isEmpty()) {
            requested.remove(service);
            unavailable.remove(service);
            answered.remove(service);
            return;
        }
        Set<Instant> open = new HashSet<>(versions);
        open.removeAll(unavailable.getOrDefault(service, Set.of()));
        if (open.isEmpty()) {
            requested.remove(service);
        } else {
            requested.put(service, open);
        }
    }

    /**
     * Applies an answer of the source. An answer that does not cover its version marks the version
     * unavailable, and so does a second answer for one version. Otherwise the ingest would request
     * the version for ever.
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
        Set<Instant> open = requested.getOrDefault(read.service(), new HashSet<>());
        open.remove(read.version());
        if (open.isEmpty()) {
            requested.remove(read.service());
        }
    }

    /** The stream is lost: outstanding requests are void. */
    void detached() {
        requested.clear();
    }
}

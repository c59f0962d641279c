package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceId;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the services that a group change was about. Pure; used by one thread.
 *
 * <p>Marathon reports the parent group of what changed, for top-level apps the root; taken
 * literally, every deployment would be a full listing. Deployment and API events name the services
 * shortly before or after. Only a change that no service explains needs the listing.
 */
final class GroupChanges {
    /**
     * How long a changing service explains group changes: longer than the events of one request
     * take.
     */
    static final Duration EXPLAINS = Duration.ofSeconds(5);

    /** How long a group change waits for a service that explains it. */
    static final Duration MAX_WAIT = Duration.ofSeconds(1);

    private final Map<ServiceId, Instant> changing = new HashMap<>();
    private final Map<String, Instant> unexplained = new HashMap<>();

    /** A deployment or an API event named this service. */
    void changing(ServiceId service, Instant now) {
        changing.put(service, now);
        unexplained.keySet().removeIf(group -> contains(group, service.path()));
    }

    /**
     * The services that explain a change of this group, sorted. If there is none, the group waits
     * for one and is {@link #overdue} after {@link #MAX_WAIT}.
     */
    List<ServiceId> explain(String group, Instant now) {
        changing.values().removeIf(at -> now.isAfter(at.plus(EXPLAINS)));
        List<ServiceId> services =
                changing.keySet().stream()
                        .filter(service -> contains(group, service.path()))
                        .sorted()
                        .toList();
        if (services.isEmpty()) {
            unexplained.putIfAbsent(group, now.plus(MAX_WAIT));
        }
        return services;
    }

    /** Removes and returns the groups whose changes no service explained in time, sorted. */
    List<String> overdue(Instant now) {
        List<String> groups =
                unexplained.keySet().stream()
                        .filter(group -> !now.isBefore(unexplained.get(group)))
                        .sorted()
                        .toList();
        groups.forEach(unexplained::remove);
        return groups;
    }

    /** When a group becomes {@link #overdue}; empty if none waits. */
    Optional<Instant> nextDue() {
        return unexplained.values().stream().min(Instant::compareTo);
    }

    void clear() {
        changing.clear();
        unexplained.clear();
    }

    /**
     * Whether {@code path} is in or below {@code group}; {@code /shop} does not contain {@code
     * /shopping}.
     */
    static boolean contains(String group, String path) {
        return group.equals("/") || path.equals(group) || path.startsWith(group + "/");
    }
}

package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceId;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Finds out what a group change was about. Marathon reports the parent group of what changed, for
 * top-level apps the root; taken literally, every deployment would be a full listing. But
 * deployment and API events name the services, shortly before or after; only a change that none of
 * them explains needs the listing.
 *
 * <p>Times are {@link System#nanoTime} readings. Used by one thread.
 */
final class GroupChanges {
    /**
     * How long a named service explains group changes; the events of one request come within a
     * second or so.
     */
    static final long EXPLAINS = TimeUnit.SECONDS.toNanos(5);

    /** How long a group change may wait for its explanation. */
    static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

    private final Map<ServiceId, Long> named = new HashMap<>();
    private final Map<String, Long> unexplained = new HashMap<>();

    /** A deployment or an API event is about this service. */
    void name(ServiceId service, long now) {
        named.put(service, now);
        unexplained.keySet().removeIf(group -> contains(group, service.path()));
    }

    /** The services that explain a change of this group; if there are none it waits. */
    List<ServiceId> explain(String group, long now) {
        forget(now);
        List<ServiceId> services = new ArrayList<>();
        for (ServiceId service : named.keySet()) {
            if (contains(group, service.path())) {
                services.add(service);
            }
        }
        if (services.isEmpty()) {
            unexplained.putIfAbsent(group, now + PATIENCE);
        }
        services.sort(null);
        return services;
    }

    /** Groups whose changes nothing explained in time; told once. */
    List<String> overdue(long now) {
        List<String> groups = new ArrayList<>();
        for (Iterator<Map.Entry<String, Long>> i = unexplained.entrySet().iterator();
                i.hasNext(); ) {
            Map.Entry<String, Long> entry = i.next();
            if (entry.getValue() - now <= 0) {
                groups.add(entry.getKey());
                i.remove();
            }
        }
        groups.sort(null);
        return groups;
    }

    /** When {@link #overdue} is to be asked next. */
    OptionalLong nextDue() {
        return unexplained.values().stream()
                .mapToLong(Long::longValue)
                .reduce((one, other) -> one - other <= 0 ? one : other);
    }

    void clear() {
        named.clear();
        unexplained.clear();
    }

    /**
     * Whether {@code path} is in or below {@code group}; {@code /shop} does not contain {@code
     * /shopping}.
     */
    static boolean contains(String group, String path) {
        return group.equals("/") || path.equals(group) || path.startsWith(group + "/");
    }

    private void forget(long now) {
        named.values().removeIf(at -> now - at > EXPLAINS);
    }
}

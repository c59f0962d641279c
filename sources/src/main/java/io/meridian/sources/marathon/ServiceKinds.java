package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceId;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Remembers of each service whether it is an app or a pod, and its number of health checks. Reads
 * need the kind, the translation of events needs the number. Pure; used by one thread.
 */
final class ServiceKinds {
    private final String framework;
    private final Map<ServiceId, Entry> entries = new HashMap<>();
    private boolean podsSeen;
    private boolean podApi = true;

    private record Entry(ServiceKind kind, int healthChecks) {}

    private static final Entry UNKNOWN = new Entry(ServiceKind.UNKNOWN, 0);

    ServiceKinds(String framework) {
        this.framework = framework;
    }

    ServiceId id(Reading reading) {
        return new ServiceId(framework, reading.path());
    }

    ServiceKind kind(ServiceId service) {
        return entries.getOrDefault(service, UNKNOWN).kind();
    }

    /** Number of health checks; 0 for an unknown service. */
    int healthChecks(ServiceId service) {
        return entries.getOrDefault(service, UNKNOWN).healthChecks();
    }

    /** Whether this Marathon has the pod API; true until a listing finds that it has not. */
    boolean podApi() {
        return podApi;
    }

    /** Whether any pod was ever seen. */
    boolean podsSeen() {
        return podsSeen;
    }

    /**
     * Records whether the pod API is present.
     *
     * @return true if it was present so far and is not now
     */
    boolean podApi(boolean present) {
        boolean lost = podApi && !present;
        podApi = present;
        return lost;
    }

    /** Records the kind and keeps the number of health checks; {@code UNKNOWN} changes nothing. */
    void note(ServiceId service, ServiceKind kind) {
        if (kind != ServiceKind.UNKNOWN && kind(service) != kind) {
            note(service, kind, healthChecks(service));
        }
    }

    void note(ServiceId service, ServiceKind kind, int healthChecks) {
        entries.put(service, new Entry(kind, healthChecks));
        podsSeen |= kind == ServiceKind.POD;
    }

    /** Replaces all entries by those of a complete listing. */
    void replace(Collection<Reading> readings) {
        entries.clear();
        readings.forEach(reading -> note(id(reading), reading.kind(), reading.healthChecks()));
    }

    void forget(ServiceId service) {
        entries.remove(service);
    }
}

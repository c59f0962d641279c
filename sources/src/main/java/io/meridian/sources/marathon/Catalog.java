package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceId;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What must be remembered of services to ask for them and to understand their events. Used by one
 * thread.
 */
final class Catalog {
    private final String framework;
    private final Map<ServiceId, Entry> entries = new HashMap<>();
    private boolean podsSeen;
    private boolean podApi = true;

    private record Entry(ServiceKind kind, int healthChecks) {}

    Catalog(String framework) {
        this.framework = framework;
    }

    ServiceId id(Reading reading) {
        return new ServiceId(framework, reading.path());
    }

    ServiceKind kind(ServiceId service) {
        Entry entry = entries.get(service);
        return entry == null ? ServiceKind.UNKNOWN : entry.kind();
    }

    int healthChecks(ServiceId service) {
        Entry entry = entries.get(service);
        return entry == null ? 0 : entry.healthChecks();
    }

    /** Whether this Marathon has the pod API, as far as is known. */
    boolean podApi() {
        return podApi;
    }

    /** Whether any pod was ever seen. */
    boolean podsSeen() {
        return podsSeen;
    }

    /**
     * @return whether it is news that there is no pod API
     */
    boolean podApi(boolean present) {
        boolean lost = podApi && !present;
        podApi = present;
        return lost;
    }

    void note(ServiceId service, ServiceKind kind) {
        if (kind != ServiceKind.UNKNOWN && kind(service) != kind) {
            entries.put(service, new Entry(kind, healthChecks(service)));
        }
        podsSeen |= kind == ServiceKind.POD;
    }

    void note(ServiceId service, ServiceKind kind, int healthChecks) {
        entries.put(service, new Entry(kind, healthChecks));
        podsSeen |= kind == ServiceKind.POD;
    }

    /** A complete listing: what it lacks need not be remembered. */
    void replace(Collection<Reading> readings) {
        entries.clear();
        readings.forEach(reading -> note(id(reading), reading.kind(), reading.healthChecks()));
    }

    void forget(ServiceId service) {
        entries.remove(service);
    }
}

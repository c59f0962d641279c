package io.meridian.actors.ingest;

import io.meridian.actors.mesos.MesosClusterEntity;
import io.meridian.actors.service.ServiceEntity;
import io.meridian.actors.vip.VipPoolEntity;
import io.meridian.domain.service.ServiceId;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The first complete listing on its way into the journal. It is complete when all its services, the
 * addresses of their VIPs and, if the source describes one, the Mesos cluster are journalled.
 */
final class FirstListing {
    private final SortedMap<String, Long> positions = new TreeMap<>();
    private boolean servicesDone;
    private boolean done;

    /** An entity has journalled its part of a listing, up to that event. */
    void journalled(ServiceId service, long sequenceNumber) {
        if (!servicesDone) {
            positions.put(ServiceEntity.persistenceId(service).id(), sequenceNumber);
        }
    }

    /**
     * A round is complete.
     *
     * @return whether it was the first
     */
    boolean servicesDone() {
        boolean first = !servicesDone;
        servicesDone = true;
        return first;
    }

    /**
     * Checks whether all is journalled. VIPs that services request later do not undo the result.
     *
     * @param vips reservations, with the pool's last event
     * @param cluster observations of the cluster, with its entity's last event
     */
    void check(VipReservations vips, ClusterDeliveries cluster) {
        if (servicesDone && !done && vips.isSettled() && cluster.isListed()) {
            done = true;
            positions.put(VipPoolEntity.logKey().id(), vips.sequenceNumber());
            if (cluster.isExpected()) {
                positions.put(MesosClusterEntity.logKey().id(), cluster.sequenceNumber());
            }
        }
    }

    /**
     * The last journalled event by persistence id, as of the complete first listing; tables that
     * include these events are complete. Empty before.
     */
    Optional<SortedMap<String, Long>> positions() {
        return done ? Optional.of(Collections.unmodifiableSortedMap(positions)) : Optional.empty();
    }
}

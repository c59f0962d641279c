package io.meridian.controlplane.admin;

import io.meridian.actors.vip.VipPoolEntity;
import io.meridian.domain.service.ServiceId;
import io.meridian.projections.ServiceQueries;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletionStage;

/**
 * Reads services from the tables and the journal. A stage fails with {@link UnavailableException}
 * while the database or the service's entity does not answer.
 */
public interface ServiceReader {
    /** All services, sorted by id. */
    CompletionStage<List<ServiceQueries.Service>> list();

    /** One service with its instances; empty if there is none of that id. */
    CompletionStage<Optional<ServiceQueries.Service>> one(ServiceId id);

    /** How far a service's last change has come; empty if there is no such service. */
    CompletionStage<Optional<Progress>> progress(ServiceId id);

    /**
     * Gives the addresses of VIP names back to the pool.
     *
     * @param names names that no service in the tables requests
     */
    CompletionStage<VipPoolEntity.Released> release(SortedSet<String> names);

    /**
     * @param journalled sequence number of the entity's last event
     * @param projected sequence number that the tables include
     * @param zoneRevision revision of the zone table at which its rows last changed, 0 for never
     * @param vipRevision revision of the VIP table at which its rows last changed, 0 for never
     */
    record Progress(long journalled, long projected, long zoneRevision, long vipRevision) {}
}

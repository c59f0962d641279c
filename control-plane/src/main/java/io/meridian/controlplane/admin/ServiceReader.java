package io.meridian.controlplane.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.domain.service.ServiceId;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Services as the tables have them. */
public interface ServiceReader {
    /** All services, sorted by id, as JSON of the API. */
    CompletionStage<List<ObjectNode>> list();

    /** One service with its instances; empty if there is none of that id. */
    CompletionStage<Optional<JsonNode>> one(ServiceId id);

    /** How far a service's last change has come; empty if there is no such service. */
    CompletionStage<Optional<Progress>> progress(ServiceId id);

    /**
     * @param journalled sequence number of the entity's last event
     * @param projected sequence number that the tables include
     * @param zoneRevision revision of the zone table at which its rows last changed, 0 for never
     * @param vipRevision the same of the VIP table
     */
    record Progress(long journalled, long projected, long zoneRevision, long vipRevision) {}
}

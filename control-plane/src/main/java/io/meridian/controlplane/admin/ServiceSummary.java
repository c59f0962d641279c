package io.meridian.controlplane.admin;

import io.meridian.domain.service.Instance;
import io.meridian.projections.ServiceQueries;

import java.util.List;

/**
 * One element of {@code GET /api/services}.
 *
 * @param serving instances that take traffic
 * @param refusals what of the definition was refused, one sentence each
 */
record ServiceSummary(
        String id, String framework, int instances, long serving, List<String> refusals) {
    static ServiceSummary of(ServiceQueries.Service service) {
        return new ServiceSummary(
                service.id().path(),
                service.id().framework(),
                service.instances().size(),
                service.instances().stream().filter(Instance::takesTraffic).count(),
                ServiceDocument.refusals(service));
    }
}

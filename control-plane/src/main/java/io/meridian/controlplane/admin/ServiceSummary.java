package io.meridian.controlplane.admin;

import io.meridian.domain.service.Instance;
import io.meridian.projections.ServiceQueries;

import java.util.List;

/**
 * One element of {@code GET /api/services}.
 *
 * @param serving number of instances that take traffic
 * @param refusals refused parts of the definition, one sentence each
 */
record ServiceSummary(
        String id, String framework, int instances, long serving, List<String> refusals) {
    static ServiceSummary of(ServiceQueries.Service service, List<String> refusals) {
        return new ServiceSummary(
                service.id().path(),
                service.id().framework(),
                service.instances().size(),
                service.instances().stream().filter(Instance::takesTraffic).count(),
                refusals);
    }
}

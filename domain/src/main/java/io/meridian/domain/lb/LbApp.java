package io.meridian.domain.lb;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * One Marathon app, as far as it matters to the load balancer.
 *
 * @param labels all labels, verbatim
 * @param servicePorts service ports; the index in this list is the number in labels. Empty = none
 *     given
 * @param assignsPorts true if an empty list of service ports may be filled from the range for
 *     addresses per task
 * @param instances number of instances that the app asks for
 * @param lastScalingAt time of the last change of {@code instances}, as Marathon writes it; null if
 *     unknown
 */
public record LbApp(
        String id,
        Map<String, String> labels,
        List<Integer> servicePorts,
        boolean assignsPorts,
        List<HealthCheck> healthChecks,
        List<LbTask> tasks,
        int instances,
        @Nullable String lastScalingAt) {
    LbApp withId(String newId) {
        return new LbApp(
                newId,
                labels,
                servicePorts,
                assignsPorts,
                healthChecks,
                tasks,
                instances,
                lastScalingAt);
    }

    LbApp withTasks(List<LbTask> newTasks) {
        return new LbApp(
                id,
                labels,
                servicePorts,
                assignsPorts,
                healthChecks,
                newTasks,
                instances,
                lastScalingAt);
    }
}

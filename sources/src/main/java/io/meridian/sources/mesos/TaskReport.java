package io.meridian.sources.mesos;

import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.MesosTask.Discovery;
import io.meridian.domain.service.NetworkMode;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A {@code Task} of a document or of {@code TASK_ADDED}.
 *
 * @param state newest state that the agent has reported
 * @param declared network mode of the container; empty if the container declares none
 * @param requested networks that the container requests, without addresses
 * @param hostPorts host ports of the task's resources, ranges expanded in order
 * @param statuses in the order of the document, which is not the order in time
 */
record TaskReport(
        TaskKey key,
        String name,
        String agent,
        String state,
        Optional<Discovery> discovery,
        Containerizer containerizer,
        Optional<NetworkMode> declared,
        List<StatusReport.Network> requested,
        List<Integer> hostPorts,
        SortedMap<String, String> labels,
        boolean healthChecked,
        List<StatusReport> statuses) {
    TaskReport {
        requested = List.copyOf(requested);
        hostPorts = List.copyOf(hostPorts);
        statuses = List.copyOf(statuses);
    }

    /** A copy of this report for another framework. */
    TaskReport of(String framework) {
        return new TaskReport(
                new TaskKey(framework, key.task()),
                name,
                agent,
                state,
                discovery,
                containerizer,
                declared,
                requested,
                hostPorts,
                labels,
                healthChecked,
                statuses);
    }

    /** A copy of this report without {@code statuses}, which only the first merge needs. */
    TaskReport withoutStatuses() {
        return new TaskReport(
                key,
                name,
                agent,
                state,
                discovery,
                containerizer,
                declared,
                requested,
                hostPorts,
                labels,
                healthChecked,
                List.of());
    }
}

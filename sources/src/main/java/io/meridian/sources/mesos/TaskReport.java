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
 * @param state the newest that the agent knows
 * @param declared network mode, if the container says it
 * @param requested networks that the container asks for, without addresses
 * @param hostPorts of its resources, ranges expanded in order
 * @param statuses in the order of the document, which means nothing
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

    /** The same as a task of another framework. */
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

    /** The same without what is only needed once. */
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

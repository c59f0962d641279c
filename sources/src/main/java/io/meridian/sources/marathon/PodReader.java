package io.meridian.sources.marathon;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.PortDefinition;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskSighting;
import io.meridian.domain.service.VipLabels;
import io.meridian.sources.MesosState;
import io.meridian.sources.json.Json;
import io.meridian.sources.json.UnreadableJson;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads pods as {@code /v2/pods/::status} and {@code /v2/pods/{id}::versions/{version}} write them.
 */
final class PodReader {
    private static final String VERSIONS = "::versions/";

    private PodReader() {}

    /**
     * Reads a pod's status: the definition, and one task for each active container.
     *
     * @throws UnreadableJson if the pod has no id or no definition
     */
    static Reading read(Json listed) {
        String path = listed.at("id").pathId();
        // The same pod must give the same sentences wherever it was read.
        Json status = Json.root(listed.node());
        ServiceDefinition definition = definition(status.at("spec").object());
        TaskReadings tasks = new TaskReadings();
        try {
            status.at("instances").items().forEach(instance -> readTasks(instance, tasks));
        } catch (UnreadableJson e) {
            tasks.addNameless(e);
        }
        int checks = definition.healthChecked().size();
        return Reading.of(path, ServiceKind.POD, definition, tasks, checks);
    }

    /** A container has an id only while it is active. */
    private static void readTasks(Json instance, TaskReadings tasks) {
        try {
            String id = instance.at("id").id();
            for (Json container : instance.at("containers").items()) {
                Json containerId = container.at("containerId");
                if (!containerId.isAbsent()) {
                    tasks.add(containerId, task -> task(instance, id, container, task));
                }
            }
        } catch (UnreadableJson e) {
            tasks.addNameless(e);
        }
    }

    /**
     * Reads the definition of a pod; each unreadable part becomes a refusal. Every change makes a
     * version, scaling included.
     */
    static ServiceDefinition definition(Json anywhere) {
        Json pod = Json.root(anywhere.node());
        Refusals refusals = new Refusals();
        Instant version =
                refusals.read(
                        () -> pod.at("version").instant(),
                        Instant.EPOCH,
                        "this version counts as older than any readable one");
        Optional<NetworkMode> mode =
                refusals.read(
                        () -> Optional.of(mode(pod)), Optional.empty(), "no port is published");
        VipLabels vips =
                VipLabels.ofTask(PortReader.labels(pod.at("labels"), refusals, "it is ignored"));
        PortReader.refuse(vips.refusals(0), pod.at("labels"), refusals);
        List<PortDefinition> ports = new ArrayList<>();
        SortedSet<String> checked = new TreeSet<>();
        for (Json container :
                refusals.read(
                        () -> pod.at("containers").items(),
                        List.<Json>of(),
                        "no port is published")) {
            String name =
                    refusals.read(
                            () -> container.at("name").name(),
                            "",
                            "this container publishes nothing");
            if (!container.at("healthCheck").isAbsent()) {
                checked.add(name);
            }
            if (mode.isPresent() && !name.isEmpty()) {
                ports.addAll(ports(container, name, mode.get(), vips, refusals));
            }
        }
        return new ServiceDefinition(
                version,
                version,
                mode.orElse(NetworkMode.HOST),
                Containerizer.MESOS,
                PortReader.bounded(ports, refusals),
                checked,
                refusals.sentences());
    }

    private static List<PortDefinition> ports(
            Json container, String name, NetworkMode mode, VipLabels pod, Refusals refusals) {
        Json labels = container.at("labels");
        VipLabels task =
                VipLabels.ofTask(PortReader.labels(labels, refusals, "it is ignored"), pod);
        PortReader reader = new PortReader(mode, task, refusals);
        List<PortDefinition> ports =
                refusals
                        .read(
                                () -> container.at("endpoints").items(),
                                List.<Json>of(),
                                "this container publishes nothing")
                        .stream()
                        .map(endpoint -> reader.port(endpoint, name, endpoint.at("containerPort")))
                        .toList();
        return PortReader.withTaskVips(ports, task, labels, refusals);
    }

    private static NetworkMode mode(Json pod) {
        Json networks = pod.at("networks");
        return networks.isEmpty()
                ? NetworkMode.HOST
                : AppReader.mode(networks.items().getFirst().at("mode"), "container");
    }

    private static TaskSighting task(Json instance, String instanceId, Json container, TaskId id) {
        MesosState state = AppReader.mesosState(container.at("status"));
        List<Integer> hostPorts = new ArrayList<>();
        List<Boolean> alive = new ArrayList<>();
        for (Json endpoint : container.at("endpoints").items()) {
            if (!endpoint.at("allocatedHostPort").isAbsent()) {
                hostPorts.add(endpoint.at("allocatedHostPort").integer(0, 65535));
            }
            if (!endpoint.at("healthy").isAbsent()) {
                alive.add(endpoint.at("healthy").flag());
            }
        }
        for (Json condition : container.at("conditions").items()) {
            if ("healthy".equals(condition.at("name").textOr(""))
                    && !condition.at("value").isAbsent()) {
                alive.add(Boolean.parseBoolean(condition.at("value").node().asText()));
            }
        }
        return new TaskSighting(
                id,
                instanceId,
                container.at("name").name(),
                version(instance.at("specReference")),
                state.phase(),
                state.unreachable(),
                AppReader.agent(instance.at("agentId"), instance.at("agentHostname")),
                state.tellsAddresses() ? addresses(instance.at("networks")) : List.of(),
                hostPorts,
                AppReader.verdict(alive));
    }

    private static List<IpAddress> addresses(Json networks) {
        return networks.items().stream()
                .flatMap(network -> network.at("addresses").items(Json::address).stream())
                .toList();
    }

    /**
     * The version at the end of {@code /v2/pods/shop/web::versions/2026-11-22T08:22:54.530410411Z}.
     */
    private static Instant version(Json reference) {
        String text = reference.textOr("");
        int at = text.lastIndexOf(VERSIONS);
        if (at < 0) {
            return Instant.EPOCH;
        }
        try {
            return OffsetDateTime.parse(text.substring(at + VERSIONS.length()))
                    .toInstant()
                    .truncatedTo(ChronoUnit.MILLIS);
        } catch (DateTimeException e) {
            throw reference.wrong("does not end in a version");
        }
    }
}

package io.meridian.controlplane.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.actors.Entities;
import io.meridian.controlplane.admin.ServiceReader;
import io.meridian.controlplane.admin.VipOptionsJson;
import io.meridian.domain.service.BoundPort;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.MesosFacts;
import io.meridian.domain.service.PortDefinition;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.vip.VipRules;
import io.meridian.projections.ServiceQueries;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Services for the API, from the tables; the journal's end from the entity. */
final class SqlServiceReader implements ServiceReader {
    private static final Duration ASK = Duration.ofSeconds(5);

    private final ServiceQueries queries;
    private final Entities entities;

    SqlServiceReader(ServiceQueries queries, Entities entities) {
        this.queries = queries;
        this.entities = entities;
    }

    @Override
    public CompletionStage<List<ObjectNode>> list() {
        return queries.list()
                .thenApply(services -> services.stream().map(SqlServiceReader::summary).toList());
    }

    @Override
    public CompletionStage<Optional<JsonNode>> one(ServiceId id) {
        return queries.find(id)
                .thenApply(
                        found ->
                                found.filter(SqlServiceReader::exists)
                                        .map(SqlServiceReader::whole));
    }

    @Override
    public CompletionStage<Optional<Progress>> progress(ServiceId id) {
        return entities.service(id, ASK)
                .thenCombine(
                        queries.find(id),
                        (current, found) -> {
                            if (found.isEmpty() && current.sequenceNumber() == 0) {
                                return Optional.empty();
                            }
                            return Optional.of(
                                    new Progress(
                                            current.sequenceNumber(),
                                            found.map(ServiceQueries.Service::sequenceNr)
                                                    .orElse(0L),
                                            found.map(ServiceQueries.Service::zoneRevision)
                                                    .orElse(0L),
                                            found.map(ServiceQueries.Service::vipRevision)
                                                    .orElse(0L)));
                        });
    }

    private static boolean exists(ServiceQueries.Service service) {
        return !service.removed() || !service.instances().isEmpty();
    }

    private static ObjectNode summary(ServiceQueries.Service service) {
        long serving = service.instances().stream().filter(Instance::takesTraffic).count();
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", service.id().path())
                        .put("framework", service.id().framework())
                        .put("instances", service.instances().size())
                        .put("serving", serving);
        ArrayNode refusals = json.putArray("refusals");
        refusals(service).forEach(refusals::add);
        return json;
    }

    private static JsonNode whole(ServiceQueries.Service service) {
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", service.id().path())
                        .put("framework", service.id().framework())
                        .put("sequence_number", service.sequenceNr());
        json.putObject("revisions")
                .put("zone", service.zoneRevision())
                .put("vip", service.vipRevision());
        service.definition()
                .ifPresentOrElse(
                        definition -> json.set("definition", definition(definition)),
                        () -> json.putNull("definition"));
        ArrayNode refusals = json.putArray("refusals");
        refusals(service).forEach(refusals::add);
        ArrayNode instances = json.putArray("instances");
        service.instances().forEach(instance -> instances.add(instance(instance)));
        return json;
    }

    private static List<String> refusals(ServiceQueries.Service service) {
        List<String> all = new ArrayList<>();
        service.definition()
                .ifPresent(
                        definition -> {
                            all.addAll(definition.refusals());
                            all.addAll(VipRules.refusals(service.id(), definition));
                        });
        service.instances().stream()
                .filter(instance -> instance.mesosOnly().isPresent())
                .flatMap(instance -> VipRules.refusals(service.id(), instance).stream())
                .distinct()
                .forEach(all::add);
        return all;
    }

    private static ObjectNode definition(ServiceDefinition definition) {
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("version", definition.version().toString())
                        .put("config_since", definition.configSince().toString())
                        .put("network", label(definition.mode()))
                        .put("containerizer", label(definition.containerizer()));
        ArrayNode ports = json.putArray("ports");
        for (PortDefinition port : definition.ports()) {
            ObjectNode one =
                    ports.addObject()
                            .put("name", port.name())
                            .put("container_port", port.containerPort());
            ArrayNode protocols = one.putArray("protocols");
            port.protocols().forEach(protocol -> protocols.add(protocol.label()));
            ArrayNode vips = one.putArray("vips");
            port.vipLabels().forEach(label -> vips.add(label.value()));
            ArrayNode options = one.putArray("vip_options");
            port.vipLabels().stream()
                    .filter(label -> !label.equals(LabelledVip.of(label.value())))
                    .forEach(label -> options.add(vip(label)));
        }
        return json;
    }

    /** What is said beside a VIP label. */
    private static ObjectNode vip(LabelledVip label) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("vip", label.value());
        label.protocol().ifPresent(protocol -> json.put("protocol", protocol.label()));
        json.put("weight", label.weight());
        VipOptionsJson.put(json, label.options());
        return json;
    }

    private static ObjectNode instance(Instance instance) {
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("task", instance.task().value())
                        .put("instance", instance.instance())
                        .put("version", instance.version().toString())
                        .put("phase", label(instance.phase()))
                        .put("health", label(instance.health()))
                        .put("unreachable", instance.unreachable())
                        .put("takes_traffic", instance.takesTraffic())
                        .put("agent", instance.agent().host());
        ArrayNode addresses = json.putArray("addresses");
        instance.addresses().forEach(address -> addresses.add(address.toString()));
        ArrayNode ports = json.putArray("ports");
        for (BoundPort port : instance.ports()) {
            ports.addObject()
                    .put("name", port.name())
                    .put("container_port", port.containerPort())
                    .put("host_port", port.hostPort());
        }
        instance.mesos().ifPresent(facts -> json.set("mesos", mesos(facts, instance)));
        return json;
    }

    /** What only Mesos tells of it, or told where the service's own source has not. */
    private static ObjectNode mesos(MesosFacts facts, Instance instance) {
        ObjectNode json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("onlySource", facts.onlySource())
                        .put("agent_id", instance.agent().id())
                        .put("name", facts.name());
        facts.discovery()
                .ifPresentOrElse(
                        discovery -> json.put("discovery", discovery.name()),
                        () -> json.putNull("discovery"));
        ArrayNode hostPorts = json.putArray("host_ports");
        facts.hostPorts().forEach(hostPorts::add);
        ArrayNode docker = json.putArray("docker_addresses");
        facts.dockerAddresses().forEach(address -> docker.add(address.toString()));
        ArrayNode addresses = json.putArray("mesos_addresses");
        facts.mesosAddresses().forEach(address -> addresses.add(address.toString()));
        ArrayNode supplied = json.putArray("supplied");
        facts.supplied().forEach(part -> supplied.add(label(part)));
        return json;
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}

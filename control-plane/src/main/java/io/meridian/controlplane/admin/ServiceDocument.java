package io.meridian.controlplane.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;

import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.BoundPort;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.MesosFacts;
import io.meridian.domain.service.MesosTask.Discovery;
import io.meridian.domain.service.PortDefinition;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.projections.ServiceQueries;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * {@code GET /api/services/{id}}.
 *
 * @param definition null if no source has given one
 */
record ServiceDocument(
        String id,
        String framework,
        long sequenceNumber,
        Revisions revisions,
        @Nullable Definition definition,
        List<String> refusals,
        List<InstanceDocument> instances) {
    record Definition(
            String version,
            String configSince,
            String network,
            String containerizer,
            List<Port> ports) {
        static Definition of(ServiceDefinition definition) {
            return new Definition(
                    definition.version().toString(),
                    definition.configSince().toString(),
                    label(definition.mode()),
                    label(definition.containerizer()),
                    definition.ports().stream().map(Port::of).toList());
        }
    }

    /**
     * @param vipOptions options from the labels beyond a VIP's name and port
     */
    record Port(
            String name,
            int containerPort,
            List<String> protocols,
            List<String> vips,
            List<VipOption> vipOptions) {
        static Port of(PortDefinition port) {
            return new Port(
                    port.name(),
                    port.containerPort(),
                    port.protocols().stream().map(Protocol::label).toList(),
                    port.vipLabels().stream().map(LabelledVip::value).toList(),
                    port.vipLabels().stream()
                            .filter(label -> !label.equals(LabelledVip.of(label.value())))
                            .map(VipOption::of)
                            .toList());
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record VipOption(
            String vip,
            @Nullable String protocol,
            int weight,
            @JsonUnwrapped VipOptionsDocument options) {
        static VipOption of(LabelledVip label) {
            return new VipOption(
                    label.value(),
                    label.protocol().map(Protocol::label).orElse(null),
                    label.weight(),
                    VipOptionsDocument.of(label.options()));
        }
    }

    /**
     * @param agent host name of the agent
     * @param mesos absent unless Mesos reports the task
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record InstanceDocument(
            String task,
            String instance,
            String version,
            String phase,
            String health,
            boolean unreachable,
            boolean takesTraffic,
            String agent,
            List<String> addresses,
            List<HostPort> ports,
            @Nullable Mesos mesos) {
        static InstanceDocument of(Instance instance) {
            return new InstanceDocument(
                    instance.task().value(),
                    instance.instance(),
                    instance.version().toString(),
                    label(instance.phase()),
                    label(instance.health()),
                    instance.unreachable(),
                    instance.takesTraffic(),
                    instance.agent().host(),
                    texts(instance.addresses()),
                    instance.ports().stream().map(HostPort::of).toList(),
                    instance.mesos().map(facts -> Mesos.of(facts, instance)).orElse(null));
        }
    }

    record HostPort(String name, int containerPort, int hostPort) {
        static HostPort of(BoundPort port) {
            return new HostPort(port.name(), port.containerPort(), port.hostPort());
        }
    }

    /**
     * What Mesos reports of a task.
     *
     * @param onlySource whether no other source reports the task
     * @param discovery null if the task has no discovery name
     * @param supplied parts of the instance that come from Mesos
     */
    record Mesos(
            boolean onlySource,
            String agentId,
            String name,
            @Nullable String discovery,
            List<Integer> hostPorts,
            List<String> dockerAddresses,
            List<String> mesosAddresses,
            List<String> supplied) {
        static Mesos of(MesosFacts facts, Instance instance) {
            return new Mesos(
                    facts.onlySource(),
                    instance.agent().id(),
                    facts.name(),
                    facts.discovery().map(Discovery::name).orElse(null),
                    facts.hostPorts(),
                    texts(facts.dockerAddresses()),
                    texts(facts.mesosAddresses()),
                    facts.supplied().stream().map(ServiceDocument::label).toList());
        }
    }

    static ServiceDocument of(ServiceQueries.Service service, List<String> refusals) {
        return new ServiceDocument(
                service.id().path(),
                service.id().framework(),
                service.sequenceNr(),
                new Revisions(service.zoneRevision(), service.vipRevision()),
                service.definition().map(Definition::of).orElse(null),
                refusals,
                service.instances().stream().map(InstanceDocument::of).toList());
    }

    private static List<String> texts(Collection<?> values) {
        return values.stream().map(Object::toString).toList();
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}

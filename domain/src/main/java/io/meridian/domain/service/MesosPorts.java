package io.meridian.domain.service;

import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.MesosTask.Port;
import io.meridian.domain.service.MesosTask.PortMapping;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The ports of a task whose only source is Mesos, with the VIPs that they request (specs: dcos-net
 * 2.1, 2.2). A port may appear in mappings, in {@code vip_port<N>} labels of the task, and in
 * DiscoveryInfo. Entries with equal protocol and container port, or equal protocol and host port,
 * are one port. A DiscoveryInfo port is a container port, unless it has the label {@code
 * network-scope=host} or the task is on the host's network.
 *
 * @param ports ports with one protocol each; those of mappings first
 * @param refusals labels without effect
 */
public record MesosPorts(List<BoundPort> ports, List<VipLabels.Refusal> refusals) {
    private static final String SCOPE = "network-scope";

    public MesosPorts {
        ports = List.copyOf(ports);
        refusals = List.copyOf(refusals);
    }

    /** Whether any label of the task or its ports may request a VIP; most tasks have none. */
    public static boolean mayAskForVips(MesosTask task) {
        if (concernVips(task.labels())) {
            return true;
        }
        if (task.discovery().isPresent()) {
            for (Port port : task.discovery().get().ports()) {
                if (concernVips(port.labels())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean concernVips(Map<String, String> labels) {
        for (String key : labels.keySet()) {
            if (VipLabels.concerns(key)) {
                return true;
            }
        }
        return false;
    }

    public static MesosPorts of(MesosTask task) {
        return of(MesosFacts.of(task, true), task.mode());
    }

    public static MesosPorts of(MesosFacts facts, NetworkMode mode) {
        return new Binding(facts, mode).ports();
    }

    /** A mutable port while its entries are merged. */
    private static final class Model {
        private final Protocol protocol;
        private String name = "";
        private int container;
        private int host;
        private final List<LabelledVip> vips = new ArrayList<>();

        private Model(Protocol protocol) {
            this.protocol = protocol;
        }

        private boolean is(Protocol ofIt, int containerPort, int hostPort) {
            return protocol == ofIt
                    && (containerPort != 0 && container == containerPort
                            || hostPort != 0 && host == hostPort);
        }

        private void ask(List<LabelledVip> more) {
            for (LabelledVip vip : more) {
                if (!vips.contains(vip)) {
                    vips.add(vip);
                }
            }
        }

        private BoundPort bound() {
            return new BoundPort(
                    name, new TreeSet<>(List.of(protocol)), container, host, List.copyOf(vips));
        }
    }

    private static final class Binding {
        private final MesosFacts facts;
        private final NetworkMode mode;
        private final VipLabels task;
        private final List<Model> models = new ArrayList<>();
        private final List<VipLabels.Refusal> refusals = new ArrayList<>();

        private Binding(MesosFacts facts, NetworkMode mode) {
            this.facts = facts;
            this.mode = mode;
            this.task = VipLabels.ofTask(facts.vipLabels());
        }

        private MesosPorts ports() {
            if (mode != NetworkMode.HOST) {
                facts.mappings().forEach(this::add);
            }
            task.ofHostPorts().forEach(this::add);
            facts.discovery().ifPresent(discovery -> discovery.ports().forEach(this::add));
            refusals.addAll(task.refusals(facts.hostPorts().size()));
            List<BoundPort> bound = new ArrayList<>();
            models.forEach(model -> bound.add(model.bound()));
            return new MesosPorts(bound, refusals);
        }

        private void add(PortMapping mapping) {
            String text = mapping.protocol().isEmpty() ? "tcp" : mapping.protocol();
            Protocol.parse(text)
                    .ifPresent(one -> model(one, mapping.containerPort(), mapping.hostPort()));
        }

        private void add(int number, List<LabelledVip> vips) {
            int hostPort = number < facts.hostPorts().size() ? facts.hostPorts().get(number) : 0;
            if (hostPort == 0) {
                return;
            }
            for (LabelledVip vip : vips) {
                model(vip.protocol().orElse(Protocol.TCP), 0, hostPort).ask(List.of(vip));
            }
        }

        private void add(Port port) {
            if (port.number() == 0) {
                return;
            }
            boolean ofHost = mode == NetworkMode.HOST || "host".equals(port.labels().get(SCOPE));
            VipLabels.OfPort requested = task.ofPort(port.labels());
            refusals.addAll(requested.refusals());
            for (String text : Arrays.asList(port.protocol().split(",", -1))) {
                Optional<Protocol> protocol = Protocol.parse(text);
                if (protocol.isPresent()) {
                    Model model =
                            model(
                                    protocol.get(),
                                    ofHost ? 0 : port.number(),
                                    ofHost ? port.number() : 0);
                    model.name = model.name.isEmpty() ? port.name() : model.name;
                    model.ask(requested.vips());
                } else if (!requested.vips().isEmpty()) {
                    refusals.add(
                            new VipLabels.Refusal(
                                    "protocol",
                                    "\""
                                            + text
                                            + "\" of port "
                                            + port.number()
                                            + " is neither tcp nor udp; its VIPs are not created,"
                                            + " others are"));
                }
            }
        }

        /**
         * Finds the port with this container or host port, or adds it, and completes its other
         * number.
         */
        private Model model(Protocol protocol, int container, int host) {
            Model found = find(protocol, container, host);
            found.container = found.container == 0 ? container : found.container;
            found.host = found.host == 0 ? host : found.host;
            return found;
        }

        private Model find(Protocol protocol, int container, int host) {
            for (Model model : models) {
                if (model.is(protocol, container, host)) {
                    return model;
                }
            }
            Model added = new Model(protocol);
            models.add(added);
            return added;
        }
    }
}

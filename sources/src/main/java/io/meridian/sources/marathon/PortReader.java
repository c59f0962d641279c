package io.meridian.sources.marathon;

import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.PortDefinition;
import io.meridian.domain.service.VipLabels;
import io.meridian.domain.text.StorableText;
import io.meridian.sources.json.Json;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads port definitions, port mappings, discovery ports and pod endpoints, which have one
 * structure in four spellings.
 *
 * <p>An unreadable port keeps its place in the list, without protocols: it publishes nothing, and
 * the host ports of later ports keep their positions.
 */
final class PortReader {
    private static final String NOTHING = "this port publishes nothing";
    private static final int MOST_VIPS = 1000;

    private final NetworkMode mode;
    private final VipLabels task;
    private final Refusals refusals;

    /**
     * @param task the VIP labels of the whole task
     */
    PortReader(NetworkMode mode, VipLabels task, Refusals refusals) {
        this.mode = mode;
        this.task = task;
        this.refusals = refusals;
    }

    /**
     * @param container pod container that owns it; empty for apps
     * @param containerPort the field with the port inside the container; if absent, the port equals
     *     the host port
     */
    PortDefinition port(Json port, String container, Json containerPort) {
        boolean hasHostPort = mode != NetworkMode.CONTAINER || !port.at("hostPort").isAbsent();
        PortDefinition unreadable =
                new PortDefinition(container, "", new TreeSet<>(), 0, hasHostPort, List.of());
        List<LabelledVip> vips = vipLabels(port.at("labels"));
        return refusals.read(
                () ->
                        new PortDefinition(
                                container,
                                port.object().at("name").textOr(""),
                                protocols(port.at("protocol")),
                                mode == NetworkMode.HOST || containerPort.isAbsent()
                                        ? 0
                                        : containerPort.integer(0, 65535),
                                hasHostPort,
                                vips),
                unreadable,
                NOTHING);
    }

    /**
     * Reads {@code "tcp"}, {@code "udp,tcp"} or, in pods, an array of such texts. An absent or
     * empty value means TCP.
     */
    private static SortedSet<Protocol> protocols(Json value) {
        List<Json> items =
                value.node().isArray()
                        ? value.items()
                        : value.isAbsent() ? List.of() : List.of(value);
        EnumSet<Protocol> protocols = EnumSet.noneOf(Protocol.class);
        for (Json item : items) {
            for (String name : item.text().split(",", -1)) {
                protocols.add(
                        protocol(name).orElseThrow(() -> item.wrong("is not tcp, udp or udp,tcp")));
            }
        }
        if (protocols.isEmpty()) {
            protocols.add(Protocol.TCP);
        }
        return new TreeSet<>(protocols);
    }

    /**
     * Reads one protocol name. Pods may use any text; {@code http}, which they do use, means TCP.
     */
    private static Optional<Protocol> protocol(String name) {
        boolean http = name.equalsIgnoreCase("http") || name.equalsIgnoreCase("https");
        return http ? Optional.of(Protocol.TCP) : Protocol.parse(name);
    }

    private List<LabelledVip> vipLabels(Json labels) {
        VipLabels.OfPort port =
                task.ofPort(labels(labels, refusals, "this VIP is not created, others are"));
        refuse(port.refusals(), labels, refusals);
        return port.vips();
    }

    /**
     * Reads the labels of one JSON object, by key.
     *
     * @param consequence of an unreadable label; ends the sentence of its refusal
     */
    static Map<String, String> labels(Json labels, Refusals refusals, String consequence) {
        Map<String, String> read = new TreeMap<>();
        for (String key : refusals.read(labels::fields, List.<String>of(), "no label is read")) {
            Optional<String> fault = StorableText.fault(key, StorableText.MAX_NAME);
            if (fault.isPresent()) {
                refusals.add(
                        labels.path() + ": the key of a label " + fault.get() + "; " + consequence);
            } else if (VipLabels.concerns(key)) {
                refusals.read(
                                () -> Optional.of(labels.at(key).text()),
                                Optional.<String>empty(),
                                consequence)
                        .ifPresent(value -> read.put(key, value));
            }
        }
        return read;
    }

    /**
     * Adds the VIPs that labels of the task request for its ports by port number.
     *
     * @param labels the task's labels, whose path refusals quote
     */
    static List<PortDefinition> withTaskVips(
            List<PortDefinition> ports, VipLabels task, Json labels, Refusals refusals) {
        List<PortDefinition> all = new ArrayList<>();
        int hostPort = 0;
        for (PortDefinition port : ports) {
            List<LabelledVip> vips = new ArrayList<>(port.vipLabels());
            if (port.hasHostPort()) {
                vips.addAll(task.ofHostPorts().getOrDefault(hostPort++, List.of()));
            }
            all.add(port.with(vips));
        }
        refuse(task.refusals(hostPort), labels, refusals);
        return all;
    }

    /**
     * The ports with the first {@value #MOST_VIPS} VIPs of the service. A service without this
     * limit could take every address of the VIP range, and memory on every node.
     */
    static List<PortDefinition> bounded(List<PortDefinition> ports, Refusals refusals) {
        int count = ports.stream().mapToInt(port -> port.vipLabels().size()).sum();
        if (count <= MOST_VIPS) {
            return ports;
        }
        refusals.add(
                "the service requests %d VIPs, more than %d; the first %d are created, in the order of ports and keys"
                        .formatted(count, MOST_VIPS, MOST_VIPS));
        int left = MOST_VIPS;
        List<PortDefinition> kept = new ArrayList<>();
        for (PortDefinition port : ports) {
            int taken = Math.min(left, port.vipLabels().size());
            left -= taken;
            kept.add(port.with(port.vipLabels().subList(0, taken)));
        }
        return kept;
    }

    static void refuse(List<VipLabels.Refusal> refused, Json labels, Refusals refusals) {
        refused.forEach(one -> refusals.add(labels.at(one.key()).path() + ": " + one.why()));
    }
}

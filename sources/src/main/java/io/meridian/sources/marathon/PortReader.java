package io.meridian.sources.marathon;

import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.PortDefinition;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads port definitions, port mappings, discovery ports and pod endpoints: one shape in four
 * spellings.
 *
 * <p>A port that can't be read stays in its place without protocols: it publishes nothing, and the
 * host ports of those after it still line up.
 */
final class PortReader {
    private static final String NOTHING = "this port publishes nothing";

    private final NetworkMode mode;
    private final Refusals refusals;

    PortReader(NetworkMode mode, Refusals refusals) {
        this.mode = mode;
        this.refusals = refusals;
    }

    /**
     * @param container pod container that owns it; empty for apps
     * @param containerPort the field with the port inside the container; absent means "the same as
     *     the host port"
     */
    PortDefinition port(Json port, String container, Json containerPort) {
        boolean hasHostPort = mode != NetworkMode.CONTAINER || !port.at("hostPort").isAbsent();
        PortDefinition unreadable =
                new PortDefinition(container, "", new TreeSet<>(), 0, hasHostPort, List.of());
        List<String> vips = vipLabels(port.at("labels"));
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
     * {@code "tcp"}, {@code "udp,tcp"} or, in pods, an array of such; absent or empty means TCP.
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

    /** Pods may name anything; HTTP is what they do name, and that is TCP. */
    private static Optional<Protocol> protocol(String name) {
        boolean http = name.equalsIgnoreCase("http") || name.equalsIgnoreCase("https");
        return http ? Optional.of(Protocol.TCP) : Protocol.parse(name);
    }

    /**
     * Values of the keys that start with {@code VIP} or {@code vip}, in exactly these spellings,
     * sorted by key.
     */
    private List<String> vipLabels(Json labels) {
        List<String> fields = refusals.read(labels::fields, List.of(), "this port has no VIP");
        List<String> values = new ArrayList<>();
        for (String key : new TreeSet<>(fields)) {
            if (key.startsWith("VIP") || key.startsWith("vip")) {
                String value =
                        refusals.read(
                                () -> labels.at(key).text(),
                                "",
                                "this VIP is not created, others are");
                if (!value.isEmpty()) {
                    values.add(value);
                }
            }
        }
        return values;
    }
}

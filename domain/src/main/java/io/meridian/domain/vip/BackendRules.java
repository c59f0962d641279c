package io.meridian.domain.vip;

import io.meridian.domain.net.AddressPrefix;
import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.BoundPort;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.NetworkMode;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * The endpoints at which nodes reach a task as a backend of a VIP.
 *
 * @param onThisHost whether the cluster's nodes are at loopback addresses, as in the demo: tasks at
 *     such addresses are then backends. On any other cluster each node would reach itself there
 */
public record BackendRules(boolean onThisHost) {
    /** Networks whose addresses mean another machine on each machine, with their kind. */
    private static final SequencedMap<AddressPrefix, String> OF_ONE_HOST = ofOneHost();

    /** Whether an address is a loopback address. */
    public static boolean isLoopback(IpAddress address) {
        return kind(address).filter("loopback"::equals).isPresent();
    }

    /** The endpoints of a port for one VIP; empty if {@link #refusal} has a reason. */
    List<Endpoint> endpoints(VipKey vip, BoundPort port, Instance instance) {
        return candidates(vip, port, instance)
                .filter(endpoint -> refused(endpoint.address()).isEmpty())
                .toList();
    }

    /**
     * The reason why a task has no endpoint for a VIP.
     *
     * @return the end of a sentence about the task; empty if it has one
     */
    Optional<String> refusal(VipKey vip, BoundPort port, Instance instance) {
        if (!endpoints(vip, port, instance).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                candidates(vip, port, instance)
                        .flatMap(endpoint -> refused(endpoint.address()).stream())
                        .findFirst()
                        .orElseGet(() -> lack(vip, port, instance)));
    }

    private static String lack(VipKey vip, BoundPort port, Instance instance) {
        if (port.hostPort() == 0 && port.containerPort() == 0) {
            return "has no port for it: the task has fewer ports than its definition";
        }
        if (port.hostPort() == 0 && instance.mode() != NetworkMode.CONTAINER) {
            return "has no host port, and other machines cannot reach its address on a bridge";
        }
        List<IpAddress> addresses = addresses(port, instance);
        if (addresses.isEmpty()) {
            return port.hostPort() != 0
                    ? "is on an agent whose address is not known: host=" + instance.agent().host()
                    : "has no address in its container network";
        }
        return "has no address of the VIP's family: vip=" + vip.name() + " addresses=" + addresses;
    }

    private Optional<String> refused(IpAddress address) {
        return onThisHost
                ? Optional.empty()
                : kind(address)
                        .map(
                                kind ->
                                        "has the "
                                                + kind
                                                + " address "
                                                + address
                                                + ", at which each node would reach itself; set the"
                                                + " agent's --ip or --hostname, or mend the host"
                                                + " name's entry in /etc/hosts");
    }

    private static Optional<String> kind(IpAddress address) {
        return OF_ONE_HOST.entrySet().stream()
                .filter(network -> network.getKey().contains(address))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** An IP VIP takes backends of its own family only. */
    private static Stream<Endpoint> candidates(VipKey vip, BoundPort port, Instance instance) {
        int number = port.hostPort() != 0 ? port.hostPort() : port.containerPort();
        return number == 0
                ? Stream.empty()
                : addresses(port, instance).stream()
                        .filter(
                                address ->
                                        vip.literal().isEmpty()
                                                || vip.literal().get().isIpv4() == address.isIpv4())
                        .map(address -> new Endpoint(address, number, vip.protocol()));
    }

    private static List<IpAddress> addresses(BoundPort port, Instance instance) {
        if (port.hostPort() == 0) {
            return instance.mode() == NetworkMode.CONTAINER ? instance.addresses() : List.of();
        }
        List<IpAddress> agent =
                instance.agent().addresses().isEmpty() && instance.mode() == NetworkMode.HOST
                        ? instance.addresses()
                        : instance.agent().addresses();
        return Stream.of(first(agent, true), first(agent, false))
                .flatMap(Optional::stream)
                .toList();
    }

    static Optional<IpAddress> first(List<IpAddress> addresses, boolean ipv4) {
        return addresses.stream().filter(address -> address.isIpv4() == ipv4).findFirst();
    }

    private static SequencedMap<AddressPrefix, String> ofOneHost() {
        SequencedMap<AddressPrefix, String> all = new LinkedHashMap<>();
        all.put(prefix("127.0.0.0/8"), "loopback");
        all.put(prefix("::1/128"), "loopback");
        all.put(prefix("169.254.0.0/16"), "link-local");
        all.put(prefix("fe80::/10"), "link-local");
        return all;
    }

    private static AddressPrefix prefix(String text) {
        return AddressPrefix.parse(text).orElseThrow();
    }
}

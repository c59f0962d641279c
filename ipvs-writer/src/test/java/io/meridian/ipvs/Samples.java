package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;

import java.util.Arrays;
import java.util.Optional;

/** Short factories of test inputs. */
public final class Samples {
    private Samples() {}

    /** A TCP endpoint from {@code 10.0.0.1:80} or {@code [2001:db8::1]:80}. */
    public static Endpoint tcp(String text) {
        return endpoint(text, Protocol.TCP);
    }

    public static Endpoint udp(String text) {
        return endpoint(text, Protocol.UDP);
    }

    private static Endpoint endpoint(String text, Protocol protocol) {
        int colon = text.lastIndexOf(':');
        String address = text.substring(0, colon).replace("[", "").replace("]", "");
        return new Endpoint(
                IpAddress.literal(address), Integer.parseInt(text.substring(colon + 1)), protocol);
    }

    public static IpAddress ip(String text) {
        return IpAddress.literal(text);
    }

    public static VirtualServer wlc(Endpoint endpoint) {
        return VirtualServer.of(endpoint, VirtualServer.WLC);
    }

    public static RealServer real(String endpoint, int weight) {
        return RealServer.masquerade(tcp(endpoint), weight);
    }

    /**
     * A table with one virtual server of tcp, and its address routed on an interface that is up.
     */
    public static KernelState serving(String virtualServer, RealServer... reals) {
        Endpoint server = tcp(virtualServer);
        return KernelState.of(
                new IpvsTable.Builder().put(wlc(server), Arrays.asList(reals)).build(),
                java.util.List.of(server.address()),
                LinkState.UP);
    }

    public static VipImage image(VipRow... rows) {
        return VipImage.EMPTY.apply(Arrays.stream(rows).map(Change::<VipRow>add).toList());
    }

    public static VipRow.Address address(String name, String address) {
        return new VipRow.Address(name, ip(address));
    }

    /** A serving task of weight 1 on an agent whose id is its address. */
    public static VipRow.Backend backend(String name, int port, String endpoint, String task) {
        Endpoint at = tcp(endpoint);
        return new VipRow.Backend(
                new VipKey(name, Protocol.TCP, port),
                at,
                task,
                at.address().toString(),
                Optional.empty(),
                BackendState.SERVING,
                1);
    }

    public static VipRow.Backend draining(VipRow.Backend backend) {
        return new VipRow.Backend(
                backend.vip(),
                backend.endpoint(),
                backend.owner(),
                backend.agent(),
                backend.local(),
                BackendState.DRAINING,
                0);
    }

    public static VipRow.Backend withLocal(VipRow.Backend backend, String local) {
        return new VipRow.Backend(
                backend.vip(),
                backend.endpoint(),
                backend.owner(),
                backend.agent(),
                Optional.of(tcp(local)),
                backend.state(),
                backend.weight());
    }

    /** A backend with options. Options apply per service, so its owner names a service. */
    public static VipRow.Backend asking(VipRow.Backend backend, VipOptions options) {
        String owner = backend.owner();
        return new VipRow.Backend(
                backend.vip(),
                backend.endpoint(),
                owner.indexOf(' ') < 0 ? "marathon:/" + owner + " " + owner : owner,
                backend.agent(),
                backend.local(),
                backend.state(),
                backend.weight(),
                options,
                backend.agentAddress());
    }
}

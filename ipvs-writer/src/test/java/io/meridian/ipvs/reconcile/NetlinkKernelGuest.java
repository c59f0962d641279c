package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.tcp;
import static io.meridian.ipvs.Samples.wlc;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.IpvsOperation.AddVirtualServer;
import io.meridian.ipvs.LinkState;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.RouteOperation.AddRoute;
import io.meridian.ipvs.RouteOperation.RaiseInterface;
import io.meridian.ipvs.RouteOperation.RemoveRoute;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import java.util.List;

/** {@link KernelContract} on Linux inside the guest, and the rows as other programs list them. */
@EnabledIf(
        value = "io.meridian.ipvs.uml.UmlKernel#isHere",
        disabledReason = "only inside the kernel that RealKernelTest boots")
class NetlinkKernelGuest extends KernelContract {
    @Override
    Kernel fresh() throws Exception {
        Guest.clean();
        return Kernel.open(Guest.SETTINGS);
    }

    @Test
    void ipvsadmAndIpListTheWrittenRows() throws Exception {
        try (Kernel kernel = fresh()) {
            kernel.execute(
                    List.of(
                            new AddVirtualServer(wlc(tcp("11.0.0.1:80"))),
                            new AddRealServer(tcp("11.0.0.1:80"), real("10.0.0.1:8080", 3)),
                            new RaiseInterface(),
                            new AddRoute(ip("11.0.0.1")),
                            new AddRoute(ip("fd01:c::1"))));
        }

        assertThat(Guest.run("ipvsadm -Sn").lines())
                .map(String::strip)
                .containsExactly(
                        "-A -t 11.0.0.1:80 -s wlc", "-a -t 11.0.0.1:80 -r 10.0.0.1:8080 -m -w 3");
        assertThat(Guest.run("ip route show table local dev minuteman").lines())
                .map(String::strip)
                .containsExactly("local 11.0.0.1 scope host");
        assertThat(Guest.run("ip -6 route show table local dev minuteman"))
                .contains("local fd01:c::1");
    }

    @Test
    void anInterfaceThatIsDownIsObservedAndRaised() throws Exception {
        Guest.clean();
        Guest.runAll("ip link add minuteman type dummy");
        try (Kernel kernel = Kernel.open(Guest.SETTINGS)) {
            assertThat(kernel.observe().state().link()).isEqualTo(LinkState.DOWN);

            kernel.execute(List.of(new RaiseInterface()));

            assertThat(kernel.observe().state().link()).isEqualTo(LinkState.UP);
        }
    }

    @Test
    void foreignAddressesOnTheInterfaceAreNotVips() throws Exception {
        try (Kernel kernel = fresh()) {
            kernel.execute(List.of(new RaiseInterface()));
            Guest.runAll("ip addr add 192.168.55.1/32 dev minuteman");

            assertThat(kernel.observe().state().routes()).isEmpty();
        }
    }

    @Test
    void ipv6RoutesOfDcosNetOnTheLoopbackAreAdopted() throws Exception {
        try (Kernel kernel = fresh()) {
            kernel.execute(List.of(new RaiseInterface()));
            Guest.runAll(
                    """
                    ip -6 route add local fd01:c::5/128 dev lo table local
                    ip -6 route add local fd99::5/128 dev lo table local
                    """);

            assertThat(kernel.observe().state().routes()).containsExactly(ip("fd01:c::5"));

            assertThat(kernel.execute(List.of(new RemoveRoute(ip("fd01:c::5")))))
                    .containsExactly(new Outcome.Done(new RemoveRoute(ip("fd01:c::5"))));
            assertThat(Guest.run("ip -6 route show table local dev lo"))
                    .doesNotContain("fd01:c::5")
                    .contains("fd99::5");
            Guest.runAll("ip -6 route del local fd99::5/128 dev lo table local");
        }
    }

    @Test
    void onlyRequestedTimeoutsAreSet() throws Exception {
        Guest.clean();
        String before = Guest.run("ipvsadm -L --timeout").strip();
        assertThat(before).isEqualTo("Timeout (tcp tcpfin udp): 900 120 300");

        Kernel.open(Guest.settings("timeouts { tcp = 2 h, udp = 30 s }")).close();
        assertThat(Guest.run("ipvsadm -L --timeout").strip())
                .isEqualTo("Timeout (tcp tcpfin udp): 7200 120 30");

        Kernel.open(Guest.settings("timeouts { tcp = 900 s, udp = 300 s }")).close();
        Kernel.open(Guest.SETTINGS).close();
        assertThat(Guest.run("ipvsadm -L --timeout").strip()).isEqualTo(before);
    }

    @Test
    void observingChangesNothing() throws Exception {
        try (Kernel kernel = fresh();
                Kernel seen = KernelOpener.inspect(Guest.SETTINGS_WITH_HOST_SETUP)) {
            kernel.execute(List.of(new AddVirtualServer(wlc(tcp("11.0.0.1:80")))));

            assertThat(seen.observe()).isEqualTo(kernel.observe());
        }
    }

    @Test
    void virtualServersWithoutEndpointAreOmitted() throws Exception {
        try (Kernel kernel = fresh()) {
            Guest.runAll("ipvsadm -A -f 42 -s rr");

            assertThat(kernel.observe().state().table().entries()).isEmpty();
        }
    }
}

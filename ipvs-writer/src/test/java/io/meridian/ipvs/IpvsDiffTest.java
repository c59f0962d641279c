package io.meridian.ipvs;

import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.serving;
import static io.meridian.ipvs.Samples.tcp;
import static io.meridian.ipvs.Samples.wlc;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.IpvsOperation.AddVirtualServer;
import io.meridian.ipvs.IpvsOperation.RemoveRealServer;
import io.meridian.ipvs.IpvsOperation.RemoveVirtualServer;
import io.meridian.ipvs.IpvsOperation.UpdateRealServer;
import io.meridian.ipvs.RouteOperation.AddRoute;
import io.meridian.ipvs.RouteOperation.RaiseInterface;
import io.meridian.ipvs.RouteOperation.RemoveRoute;

import org.junit.jupiter.api.Test;

import java.util.List;

class IpvsDiffTest {
    @Test
    void anEmptyKernelGetsTheInterfaceThenServersThenTheRoute() {
        KernelState desired = serving("11.0.0.1:80", real("10.0.0.1:8080", 1));

        assertThat(IpvsDiff.diff(desired, KernelState.EMPTY).operations())
                .containsExactly(
                        new RaiseInterface(),
                        new AddVirtualServer(wlc(tcp("11.0.0.1:80"))),
                        new AddRealServer(tcp("11.0.0.1:80"), real("10.0.0.1:8080", 1)),
                        new AddRoute(ip("11.0.0.1")));
    }

    @Test
    void aNewBackendIsAddedBeforeTheOldOneIsRemoved() {
        assertThat(
                        IpvsDiff.diff(
                                        serving("11.0.0.1:80", real("10.0.0.2:8080", 1)),
                                        serving("11.0.0.1:80", real("10.0.0.1:8080", 1)))
                                .operations())
                .containsExactly(
                        new AddRealServer(tcp("11.0.0.1:80"), real("10.0.0.2:8080", 1)),
                        new RemoveRealServer(tcp("11.0.0.1:80"), tcp("10.0.0.1:8080")));
    }

    @Test
    void aWeightRisesBeforeAnotherFalls() {
        assertThat(
                        IpvsDiff.diff(
                                        serving(
                                                "11.0.0.1:80",
                                                real("10.0.0.1:8080", 0),
                                                real("10.0.0.2:8080", 1)),
                                        serving(
                                                "11.0.0.1:80",
                                                real("10.0.0.1:8080", 1),
                                                real("10.0.0.2:8080", 0)))
                                .operations())
                .containsExactly(
                        new UpdateRealServer(tcp("11.0.0.1:80"), real("10.0.0.2:8080", 1)),
                        new UpdateRealServer(tcp("11.0.0.1:80"), real("10.0.0.1:8080", 0)));
    }

    @Test
    void aRemovedVipLosesItsRouteBeforeItsVirtualServer() {
        KernelState none = KernelState.of(IpvsTable.EMPTY, List.of(), LinkState.UP);

        assertThat(
                        IpvsDiff.diff(none, serving("11.0.0.1:80", real("10.0.0.1:8080", 1)))
                                .operations())
                .containsExactly(
                        new RemoveRoute(ip("11.0.0.1")),
                        new RemoveVirtualServer(tcp("11.0.0.1:80")));
    }

    @Test
    void aChangedForwardingMethodIsRepairedInPlace() {
        RealServer direct = new RealServer(tcp("10.0.0.1:8080"), 1, Forwarding.DIRECT, 0, 0);

        assertThat(
                        IpvsDiff.diff(
                                        serving("11.0.0.1:80", real("10.0.0.1:8080", 1)),
                                        serving("11.0.0.1:80", direct))
                                .operations())
                .containsExactly(
                        new UpdateRealServer(tcp("11.0.0.1:80"), real("10.0.0.1:8080", 1)));
    }
}

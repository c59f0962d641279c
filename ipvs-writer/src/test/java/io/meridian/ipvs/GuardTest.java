package io.meridian.ipvs;

import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.tcp;
import static io.meridian.ipvs.Samples.wlc;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.ipvs.IpvsOperation.AddRealServer;
import io.meridian.ipvs.IpvsOperation.AddVirtualServer;
import io.meridian.ipvs.IpvsOperation.RemoveRealServer;
import io.meridian.ipvs.IpvsOperation.RemoveVirtualServer;
import io.meridian.ipvs.IpvsOperation.UpdateRealServer;
import io.meridian.ipvs.RouteOperation.AddRoute;
import io.meridian.ipvs.RouteOperation.RemoveRoute;

import org.junit.jupiter.api.Test;

import java.util.List;

class GuardTest {
    private final KernelState desired =
            KernelState.of(
                    new IpvsTable.Builder()
                            .put(
                                    wlc(tcp("11.0.0.1:80")),
                                    List.of(real("10.0.0.1:8080", 1), real("10.0.0.2:8080", 1)))
                            .put(wlc(tcp("11.0.0.1:443")), List.of(real("10.0.0.1:8443", 1)))
                            .build(),
                    List.of(ip("11.0.0.1")),
                    LinkState.UP);
    private final Guard guard = new Guard(desired);

    @Test
    void nothingIsHeldBackWhileNothingFails() {
        assertThat(guard.blocks(new AddRoute(ip("11.0.0.1")))).isEmpty();
        assertThat(guard.blocks(new RemoveRealServer(tcp("11.0.0.1:80"), tcp("10.0.0.9:8080"))))
                .isEmpty();
        assertThat(guard.blocks(new RemoveVirtualServer(tcp("11.0.0.9:80")))).isEmpty();
    }

    @Test
    void aRouteWaitsUntilOneVirtualServerStandsAtItsAddress() {
        guard.failed(new AddVirtualServer(wlc(tcp("11.0.0.1:80"))));
        assertThat(guard.blocks(new AddRoute(ip("11.0.0.1")))).isEmpty();

        guard.failed(new AddVirtualServer(wlc(tcp("11.0.0.1:443"))));
        assertThat(guard.blocks(new AddRoute(ip("11.0.0.1")))).isPresent();
    }

    @Test
    void theLastServingRealServerStaysWhileItsReplacementsAreRefused() {
        RemoveRealServer removal = new RemoveRealServer(tcp("11.0.0.1:80"), tcp("10.0.0.9:8080"));

        guard.failed(new AddRealServer(tcp("11.0.0.1:80"), real("10.0.0.1:8080", 1)));
        assertThat(guard.blocks(removal)).isEmpty();

        guard.failed(new UpdateRealServer(tcp("11.0.0.1:80"), real("10.0.0.2:8080", 1)));
        assertThat(guard.blocks(removal)).isPresent();
        assertThat(guard.blocks(new UpdateRealServer(tcp("11.0.0.1:80"), real("10.0.0.9:8080", 0))))
                .isPresent();
        assertThat(guard.blocks(new RemoveRealServer(tcp("11.0.0.1:443"), tcp("10.0.0.9:8443"))))
                .isEmpty();
    }

    @Test
    void aVirtualServerStaysWhileItsRouteDoes() {
        guard.failed(new RemoveRoute(ip("11.0.0.9")));

        assertThat(guard.blocks(new RemoveVirtualServer(tcp("11.0.0.9:80")))).isPresent();
        assertThat(guard.blocks(new RemoveVirtualServer(tcp("11.0.0.8:80")))).isEmpty();
    }
}

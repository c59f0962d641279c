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

class DependencyFilterTest {
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
    private final DependencyFilter dependencies = new DependencyFilter(desired);

    @Test
    void withoutFailuresNoOperationIsWithheld() {
        assertThat(dependencies.reasonToWithhold(new AddRoute(ip("11.0.0.1")))).isEmpty();
        assertThat(
                        dependencies.reasonToWithhold(
                                new RemoveRealServer(tcp("11.0.0.1:80"), tcp("10.0.0.9:8080"))))
                .isEmpty();
        assertThat(dependencies.reasonToWithhold(new RemoveVirtualServer(tcp("11.0.0.9:80"))))
                .isEmpty();
    }

    @Test
    void aRouteIsWithheldUntilAVirtualServerExistsAtItsAddress() {
        dependencies.failed(new AddVirtualServer(wlc(tcp("11.0.0.1:80"))));
        assertThat(dependencies.reasonToWithhold(new AddRoute(ip("11.0.0.1")))).isEmpty();

        dependencies.failed(new AddVirtualServer(wlc(tcp("11.0.0.1:443"))));
        assertThat(dependencies.reasonToWithhold(new AddRoute(ip("11.0.0.1")))).isPresent();
    }

    @Test
    void theLastServingRealServerStaysWhileItsReplacementsAreRefused() {
        RemoveRealServer removal = new RemoveRealServer(tcp("11.0.0.1:80"), tcp("10.0.0.9:8080"));

        dependencies.failed(new AddRealServer(tcp("11.0.0.1:80"), real("10.0.0.1:8080", 1)));
        assertThat(dependencies.reasonToWithhold(removal)).isEmpty();

        dependencies.failed(new UpdateRealServer(tcp("11.0.0.1:80"), real("10.0.0.2:8080", 1)));
        assertThat(dependencies.reasonToWithhold(removal)).isPresent();
        assertThat(
                        dependencies.reasonToWithhold(
                                new UpdateRealServer(tcp("11.0.0.1:80"), real("10.0.0.9:8080", 0))))
                .isPresent();
        assertThat(
                        dependencies.reasonToWithhold(
                                new RemoveRealServer(tcp("11.0.0.1:443"), tcp("10.0.0.9:8443"))))
                .isEmpty();
    }

    @Test
    void aVirtualServerStaysWhileItsRouteExists() {
        dependencies.failed(new RemoveRoute(ip("11.0.0.9")));

        assertThat(dependencies.reasonToWithhold(new RemoveVirtualServer(tcp("11.0.0.9:80"))))
                .isPresent();
        assertThat(dependencies.reasonToWithhold(new RemoveVirtualServer(tcp("11.0.0.8:80"))))
                .isEmpty();
    }
}

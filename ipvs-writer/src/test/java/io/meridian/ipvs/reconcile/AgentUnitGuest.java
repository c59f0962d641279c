package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.serving;
import static io.meridian.ipvs.Samples.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.ipvs.Target;
import io.meridian.ipvs.host.HostPrerequisites;
import io.meridian.ipvs.host.Problem;
import io.meridian.netlink.NetworkNamespace;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** The writer's work as the user of the agent's unit, on Linux inside the guest. */
@EnabledIf(
        value = "io.meridian.ipvs.uml.UmlKernel#isHere",
        disabledReason = "only inside the kernel that AgentUnitTest boots")
class AgentUnitGuest {
    private static final Path BOX = Path.of("/run/netns/box");

    private final HostPrerequisites firewall =
            HostPrerequisites.of(Guest.SETTINGS_WITH_HOST_SETUP.host());

    @Test
    void theWriterWorksAsFarAsTheUnitAllows() throws Exception {
        programsTheHost();
        List<Problem> problems = firewall.beforeRound(List.of(tcp("11.0.0.1:80")));
        if (!Boolean.getBoolean("meridian.unit.complete")) {
            assertThat(problems).as("iptables-legacy cannot work").isNotEmpty();
            assertThatThrownBy(() -> NetworkNamespace.call(BOX, () -> true))
                    .hasMessageContaining("EPERM");
            return;
        }
        assertThat(problems).isEmpty();
        assertThat(Guest.entries("dcos-l4lb")).containsExactly("11.0.0.1,tcp:80");
        Availability box =
                NetworkNamespace.call(
                        BOX,
                        () -> {
                            try (Kernel kernel =
                                    KernelOpener.openInContainer(Guest.SETTINGS_WITH_HOST_SETUP)) {
                                return kernel.availability();
                            }
                        });
        assertThat(box).isEqualTo(Availability.READY);
    }

    /** IPVS, its interface and routes, and the kernel's settings. */
    private static void programsTheHost() throws Exception {
        assertThat(Files.getOwner(Path.of("/proc/self")).getName()).isNotEqualTo("root");
        try (Kernel kernel = Kernel.open(Guest.SETTINGS_WITH_HOST_SETUP)) {
            assertThat(kernel.availability()).isEqualTo(Availability.READY);
            Round round =
                    new Reconciler(
                                    kernel,
                                    Guest.SETTINGS_WITH_HOST_SETUP.ownership(),
                                    InstantSource.system())
                            .reconcileOnce(
                                    Target.of(serving("11.0.0.1:80", real("10.0.2.2:8080", 1))),
                                    true);
            assertThat(round.failures()).isEmpty();
        }
        assertThat(Files.readString(Path.of("/proc/sys/net/ipv4/vs/conntrack")).strip())
                .isEqualTo("1");
    }
}

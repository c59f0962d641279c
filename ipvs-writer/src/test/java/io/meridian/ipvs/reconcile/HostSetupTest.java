package io.meridian.ipvs.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

class HostSetupTest {
    @TempDir private Path folder;

    private Path conntrack;
    private final List<String> run = new ArrayList<>();

    @BeforeEach
    void aHostWithoutConnectionTracking() throws Exception {
        conntrack = Files.writeString(folder.resolve("conntrack"), "0\n");
    }

    @Test
    void missingRulesAreAddedAndTrackingIsSwitchedOn() throws Exception {
        assertThat(
                        setup(
                                command ->
                                        command.contains(" -C ")
                                                ? Optional.of("exit code 1")
                                                : Optional.empty()))
                .isEmpty();

        assertThat(conntrack).hasContent("1");
        assertThat(run)
                .containsExactly(
                        "iptables -w -C FORWARD -j ACCEPT",
                        "iptables -w -A FORWARD -j ACCEPT",
                        "iptables -w -t nat -C POSTROUTING -m ipvs --ipvs --vdir ORIGINAL --vmethod"
                            + " MASQ -m comment --comment Minuteman-IPVS-IPTables-masquerade-rule"
                            + " -j MASQUERADE",
                        "iptables -w -t nat -I POSTROUTING -m ipvs --ipvs --vdir ORIGINAL --vmethod"
                            + " MASQ -m comment --comment Minuteman-IPVS-IPTables-masquerade-rule"
                            + " -j MASQUERADE");
    }

    @Test
    void rulesThatAreThereAreNotAddedAgain() {
        assertThat(setup(_ -> Optional.empty())).isEmpty();

        assertThat(run).hasSize(2).allMatch(command -> command.contains(" -C "));
    }

    @Test
    void whatFailsIsAWarningEach() throws Exception {
        Files.delete(conntrack);
        Files.createDirectory(conntrack);

        List<String> warnings = setup(_ -> Optional.of("Cannot run program \"iptables\""));

        assertThat(warnings).hasSize(3);
        assertThat(warnings.get(0)).startsWith("cannot set net.ipv4.vs.conntrack=1: ");
        assertThat(warnings.get(1))
                .isEqualTo(
                        "cannot add rule: iptables -w -A FORWARD -j ACCEPT: Cannot run program"
                            + " \"iptables\"; the firewall may drop connections from other hosts to"
                            + " VIPs");
        assertThat(warnings.get(2))
                .contains("MASQUERADE")
                .contains("real servers may answer past this host");
    }

    @Test
    void aProgramThatIsMissingIsAWarning() {
        assertThat(HostSetup.ofHost("no-such-iptables").apply())
                .anyMatch(warning -> warning.contains("no-such-iptables -w -A FORWARD -j ACCEPT"));
    }

    private List<String> setup(Function<String, Optional<String>> host) {
        return new HostSetup(
                        conntrack,
                        "iptables",
                        command -> {
                            String line = String.join(" ", command);
                            run.add(line);
                            return host.apply(line);
                        })
                .apply();
    }
}

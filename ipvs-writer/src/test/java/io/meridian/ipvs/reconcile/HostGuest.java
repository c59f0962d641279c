package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.tcp;
import static io.meridian.ipvs.Samples.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.net.Endpoint;
import io.meridian.ipvs.host.HostPrerequisites;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Kernel settings, and rules and sets by the real programs, on Linux inside the guest. */
@EnabledIf(
        value = "io.meridian.ipvs.uml.UmlKernel#isHere",
        disabledReason = "only inside the kernel that RealKernelTest boots")
class HostGuest {
    private static final List<Endpoint> SERVERS =
            List.of(tcp("11.0.0.1:80"), udp("11.0.0.1:53"), tcp("[fd01:c::1]:80"));

    private final HostPrerequisites firewall =
            HostPrerequisites.of(Guest.SETTINGS_WITH_HOST_SETUP.host());

    @Test
    void kernelSettingsReplaceKernelDefaultsOnly() throws Exception {
        write("ipv4/vs/conntrack", "0");
        write("ipv4/vs/conn_reuse_mode", "2");

        try (Kernel kernel = Kernel.open(Guest.SETTINGS_WITH_HOST_SETUP)) {
            assertThat(kernel.availability()).isEqualTo(Availability.READY);
        }

        assertThat(read("ipv4/vs/conntrack")).isEqualTo("1");
        assertThat(read("ipv4/vs/expire_nodest_conn")).isEqualTo("1");
        assertThat(read("ipv4/vs/expire_quiescent_template")).isEqualTo("1");
        assertThat(read("ipv4/vs/conn_reuse_mode")).isEqualTo("2");
        assertThat(read("ipv4/ip_forward")).isEqualTo("1");
        write("ipv4/vs/conn_reuse_mode", "1");
    }

    private static String read(String key) throws Exception {
        return Files.readString(Path.of("/proc/sys/net", key)).strip();
    }

    private static void write(String key, String value) throws Exception {
        Files.writeString(Path.of("/proc/sys/net", key), value);
    }

    @Test
    void rulesAndSetsExistOnceAndAreRepaired() throws Exception {
        Guest.forgetFirewall();
        assertThat(firewall.beforeRound(SERVERS)).isEmpty();
        HostPrerequisites successor = HostPrerequisites.of(Guest.SETTINGS_WITH_HOST_SETUP.host());
        assertThat(successor.beforeRound(SERVERS)).isEmpty();

        List<String> rules = rules();
        assertThat(rules)
                .filteredOn(line -> line.contains("Minuteman-IPVS-IPTables-masquerade-rule"))
                .hasSize(2);
        assertThat(rules).filteredOn(line -> line.contains("Skip DC/OS L4LB traffic")).hasSize(4);
        assertThat(rules)
                .filteredOn(line -> line.startsWith("-A FORWARD") && line.endsWith("-j ACCEPT"))
                .hasSize(2);
        assertThat(Guest.entries("dcos-l4lb"))
                .containsExactlyInAnyOrder("11.0.0.1,tcp:80", "11.0.0.1,udp:53");
        assertThat(Guest.entries("dcos-l4lb-ipv6")).containsExactly("fd01:c::1,tcp:80");

        Guest.runAll(
                """
                iptables-legacy -t nat -F POSTROUTING
                iptables-legacy -t nat -I OUTPUT -p tcp --dport 80 -j DNAT --to 10.0.3.2:8080
                ipset flush dcos-l4lb
                ipset add dcos-l4lb 11.9.9.9,tcp:9
                """);
        assertThat(firewall.afterRound(SERVERS, true)).isEmpty();

        assertThat(rules()).filteredOn(line -> !line.contains("DNAT")).isEqualTo(rules);
        assertThat(Guest.entries("dcos-l4lb"))
                .containsExactlyInAnyOrder("11.0.0.1,tcp:80", "11.0.0.1,udp:53");
        assertThat(Guest.run("iptables-legacy -t nat -S OUTPUT").lines().toList())
                .hasSize(3)
                .element(1)
                .asString()
                .contains("Skip DC/OS L4LB traffic");
    }

    private static List<String> rules() throws Exception {
        return Guest.run(new String[] {"sh", "-c", "iptables-legacy-save; ip6tables-legacy-save"})
                .lines()
                .filter(line -> line.startsWith("-A "))
                .toList();
    }

    @Test
    void aFullSetIsReplacedInPlaceAndAThousandVipsAreOneBatch() throws Exception {
        Guest.forgetFirewall();
        Guest.runAll(
                """
                ipset create dcos-l4lb hash:ip,port family inet maxelem 2 counters
                ipset add dcos-l4lb 11.0.0.1,tcp:80
                iptables-legacy -t nat -A OUTPUT -m set --match-set dcos-l4lb dst,dst -j RETURN
                """);

        assertThat(firewall.beforeRound(many(1000))).isEmpty();
        assertThat(Guest.entries("dcos-l4lb")).hasSize(1001);

        assertThat(firewall.afterRound(many(1), false)).isEmpty();
        assertThat(Guest.entries("dcos-l4lb")).hasSize(1);
    }

    private static List<Endpoint> many(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> tcp("11.1." + (i >> 8) + "." + (i & 255) + ":80"))
                .toList();
    }
}

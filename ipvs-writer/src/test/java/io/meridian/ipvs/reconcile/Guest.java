package io.meridian.ipvs.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.ipvs.Samples;
import io.meridian.ipvs.host.HostPrerequisites;
import io.meridian.ipvs.uml.UmlKernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Settings and helpers of tests inside the guest. */
final class Guest {
    private static final Config CONFIG =
            ConfigFactory.parseString(
                            """
                            meridian.dataplane {
                              kind = ipvs
                              iptables = iptables-legacy
                              ip6tables = ip6tables-legacy
                              audit-interval = 1 s
                              drain = 0 s
                              retry { min-backoff = 100 ms, max-backoff = 1 s }
                            }
                            """)
                    .withFallback(ConfigFactory.load());

    /** Settings without periodic audits of rules, whose programs are slow in the guest. */
    static final IpvsSettings SETTINGS_WITH_HOST_SETUP =
            IpvsSettings.from(
                    ConfigFactory.parseString("meridian.dataplane.audit-interval = 1 h")
                            .withFallback(CONFIG));

    /** Settings that change only the IPVS table, the interface and routes. */
    static final IpvsSettings SETTINGS =
            IpvsSettings.from(
                    ConfigFactory.parseString("meridian.dataplane.host-setup = false")
                            .withFallback(CONFIG));

    private Guest() {}

    /** {@link #SETTINGS} with other values of {@code meridian.dataplane}. */
    static IpvsSettings settings(String dataplane) {
        return IpvsSettings.from(
                ConfigFactory.parseString(
                                "meridian.dataplane { host-setup = false, " + dataplane + " }")
                        .withFallback(CONFIG));
    }

    /** Runs a command line with single blanks between its words, and returns its output. */
    static String run(String command) throws IOException, InterruptedException {
        return run(command.split(" "));
    }

    static String run(String[] command) throws IOException, InterruptedException {
        if (!UmlKernel.isHere()) {
            throw new IllegalStateException(
                    "not run on a host, only in a guest: " + String.join(" ", command));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        if (exit != 0) {
            throw new AssertionError(
                    String.join(" ", command) + " ended with " + exit + ": " + output);
        }
        return output;
    }

    /** The kernel's table in the format of {@code ipvsadm -Sn}. */
    static String listing() {
        try {
            return run("ipvsadm -Sn");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Entries of a set, as {@code address,protocol:port}. */
    static List<String> entries(String set) {
        try {
            return run("ipset save " + set)
                    .lines()
                    .filter(line -> line.startsWith("add "))
                    .map(line -> line.split(" ")[2])
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Runs shell lines in one process, which is faster in the guest; stops at the first failure.
     */
    static void runAll(String lines) throws IOException, InterruptedException {
        var _ = run(new String[] {"sh", "-e", "-c", lines});
    }

    /** Makes kernel settings and rules of both families, as a writer does. */
    static void setUpHost() {
        Kernel.open(SETTINGS_WITH_HOST_SETUP).close();
        assertThat(
                        HostPrerequisites.of(SETTINGS_WITH_HOST_SETUP.host())
                                .beforeRound(List.of(Samples.tcp("[fd01:c::1]:80"))))
                .isEmpty();
    }

    /** Removes all rules and sets. */
    static void forgetFirewall() throws IOException, InterruptedException {
        runAll(
                """
                for program in iptables-legacy-restore ip6tables-legacy-restore; do
                  printf '*nat\nCOMMIT\n*mangle\nCOMMIT\n*filter\nCOMMIT\n' | $program
                done
                ipset destroy
                """);
    }

    /** Empties the IPVS table and removes the interface. */
    static void clean() throws IOException, InterruptedException {
        runAll("ipvsadm -C\nip link del minuteman 2>/dev/null || true");
    }
}

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

/** What tests inside the guest share. */
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

    /** An audit of rules starts programs, which is slow in the guest: none comes by itself. */
    static final IpvsSettings SETTINGS_WITH_HOST_SETUP =
            IpvsSettings.from(
                    ConfigFactory.parseString("meridian.dataplane.audit-interval = 1 h")
                            .withFallback(CONFIG));

    /** Nothing around the table is touched. */
    static final IpvsSettings SETTINGS =
            IpvsSettings.from(
                    ConfigFactory.parseString("meridian.dataplane.host-setup = false")
                            .withFallback(CONFIG));

    private Guest() {}

    /** As {@link #SETTINGS}, but for some of {@code meridian.dataplane}. */
    static IpvsSettings settings(String dataplane) {
        return IpvsSettings.from(
                ConfigFactory.parseString(
                                "meridian.dataplane { host-setup = false, " + dataplane + " }")
                        .withFallback(CONFIG));
    }

    /** Runs a program, whose words are separated by single blanks. */
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

    /** The kernel's table as {@code ipvsadm} would restore it. */
    static String listing() {
        try {
            return run("ipvsadm -Sn");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is in a set, as {@code address,protocol:port}. */
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

    /** Runs lines of shell up to the first that fails; starting a process is slow in the guest. */
    static void runAll(String lines) throws IOException, InterruptedException {
        var _ = run(new String[] {"sh", "-e", "-c", lines});
    }

    /** Rules for both families and kernel settings, as a writer with that wish makes them. */
    static void setUpHost() {
        Kernel.open(SETTINGS_WITH_HOST_SETUP).close();
        assertThat(
                        HostPrerequisites.of(SETTINGS_WITH_HOST_SETUP.host())
                                .beforeRound(List.of(Samples.tcp("[fd01:c::1]:80"))))
                .isEmpty();
    }

    /** Takes all rules and sets away. */
    static void forgetFirewall() throws IOException, InterruptedException {
        runAll(
                """
                for program in iptables-legacy-restore ip6tables-legacy-restore; do
                  printf '*nat\nCOMMIT\n*mangle\nCOMMIT\n*filter\nCOMMIT\n' | $program
                done
                ipset destroy
                """);
    }

    /** Empties what the kernel contract is about. */
    static void clean() throws IOException, InterruptedException {
        runAll("ipvsadm -C\nip link del minuteman 2>/dev/null || true");
    }
}

package io.meridian.ipvs.reconcile;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * What masquerading IPVS needs of the host besides the table itself, as DC/OS sets it up (dcos-net
 * 0.1): connection tracking of IPVS's packets, forwarding not dropped by the firewall, and the
 * client's address rewritten, so that a real server's answer comes back through this host. Done if
 * absent; what fails is a warning, never an error.
 */
final class HostSetup {
    private static final List<String> FORWARD = List.of("FORWARD", "-j", "ACCEPT");
    private static final List<String> MASQUERADE =
            List.of(
                    "POSTROUTING",
                    "-m",
                    "ipvs",
                    "--ipvs",
                    "--vdir",
                    "ORIGINAL",
                    "--vmethod",
                    "MASQ",
                    "-m",
                    "comment",
                    "--comment",
                    "Minuteman-IPVS-IPTables-masquerade-rule",
                    "-j",
                    "MASQUERADE");
    private static final int SECONDS = 10;

    private final Path conntrack;
    private final String iptables;
    private final Commands commands;

    /**
     * Runs a program without a shell; the text is empty on success, else what it wrote or why it
     * did not run.
     */
    interface Commands {
        Optional<String> failure(List<String> command);
    }

    HostSetup(Path conntrack, String iptables, Commands commands) {
        this.conntrack = conntrack;
        this.iptables = iptables;
        this.commands = commands;
    }

    static HostSetup ofHost(String iptables) {
        return new HostSetup(Path.of("/proc/sys/net/ipv4/vs/conntrack"), iptables, HostSetup::run);
    }

    /** What could not be set up, in words. */
    List<String> apply() {
        return Stream.of(
                        trackConnections(),
                        rule(
                                List.of(),
                                "-A",
                                FORWARD,
                                "the firewall may drop connections from other hosts to VIPs"),
                        rule(
                                List.of("-t", "nat"),
                                "-I",
                                MASQUERADE,
                                "real servers may answer past this host, which breaks connections"))
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<String> trackConnections() {
        try {
            if (!Files.readString(conntrack).strip().equals("1")) {
                Files.writeString(conntrack, "1\n");
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    "cannot set net.ipv4.vs.conntrack=1: "
                            + e
                            + "; the masquerade rule will not match");
        }
    }

    private Optional<String> rule(
            List<String> table, String how, List<String> rule, String consequence) {
        if (commands.failure(iptables(table, "-C", rule)).isEmpty()) {
            return Optional.empty();
        }
        List<String> add = iptables(table, how, rule);
        return commands.failure(add)
                .map(
                        failure ->
                                "cannot add rule: "
                                        + String.join(" ", add)
                                        + ": "
                                        + failure
                                        + "; "
                                        + consequence);
    }

    private List<String> iptables(List<String> table, String verb, List<String> rule) {
        List<String> command = new ArrayList<>(List.of(iptables, "-w"));
        command.addAll(table);
        command.add(verb);
        command.addAll(rule);
        return command;
    }

    private static Optional<String> run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectInput(new File("/dev/null"))
                            .start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.of("no end after " + SECONDS + " s");
            }
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                            .strip();
            return process.exitValue() == 0
                    ? Optional.empty()
                    : Optional.of(
                            "exit code "
                                    + process.exitValue()
                                    + (output.isEmpty() ? "" : ", " + output));
        } catch (IOException e) {
            return Optional.of(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }
}

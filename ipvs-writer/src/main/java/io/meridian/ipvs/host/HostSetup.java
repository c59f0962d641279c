package io.meridian.ipvs.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Loads kernel modules and sets kernel settings at start. A failure is a warning with its
 * consequence, because other VIPs and other kinds of traffic may still work.
 */
public final class HostSetup {
    /**
     * Modules with the consequence if one is missing: IPVS, its default scheduler, and the kind of
     * our interface.
     */
    private static final Map<String, String> MODULES =
            Map.of(
                    "ip_vs", "no VIP can be programmed",
                    "ip_vs_wlc", "virtual servers with scheduler wlc will be refused",
                    "dummy", "the interface that VIPs are routed on can't be created");

    private final HostSettings settings;
    private final Path proc;
    private final Path modules;
    private final Commands commands;

    /**
     * The result.
     *
     * @param changes such as {@code net.ipv4.vs.conntrack from 0 to 1}
     * @param warnings failures, each with its consequence
     */
    public record Report(List<String> changes, List<String> warnings) {
        public Report {
            changes = List.copyOf(changes);
            warnings = List.copyOf(warnings);
        }
    }

    HostSetup(HostSettings settings, Path proc, Path modules, Commands commands) {
        this.settings = settings;
        this.proc = proc;
        this.modules = modules;
        this.commands = commands;
    }

    public static HostSetup of(HostSettings settings) {
        return new HostSetup(settings, Path.of("/proc"), Path.of("/sys/module"), new Programs());
    }

    /**
     * Loads missing modules. The kernel itself loads a module on demand only where it has a
     * modprobe.
     *
     * @return warnings
     */
    public List<String> loadModules() {
        List<String> warnings = new ArrayList<>();
        if (settings.enabled()) {
            MODULES.keySet().stream().sorted().forEach(module -> load(module, warnings));
        }
        return warnings;
    }

    private void load(String module, List<String> warnings) {
        if (Files.isDirectory(modules.resolve(module))) {
            return;
        }
        List<String> command = List.of(settings.modprobe(), module);
        Commands.Result result = commands.run(command, "");
        if (!result.succeeded()) {
            warnings.add(
                    "kernel module "
                            + module
                            + " is not loaded, and "
                            + String.join(" ", command)
                            + " fails: "
                            + result
                            + "; unless it is built in, "
                            + MODULES.get(module)
                            + "; install the kernel's modules or load it, then restart");
        }
    }

    /**
     * Sets the settings of the network namespace in which the calling thread is.
     *
     * @param container whether the namespace is a container's, which needs fewer settings
     */
    public Report applySysctls(boolean container) {
        List<String> changes = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        if (settings.enabled()) {
            KernelRelease release = release();
            for (Sysctl sysctl : Sysctl.values()) {
                if (sysctl.matters(container)) {
                    apply(sysctl, release, changes, warnings);
                }
            }
        }
        return new Report(changes, warnings);
    }

    private KernelRelease release() {
        try {
            return KernelRelease.of(Files.readString(proc.resolve("sys/kernel/osrelease")));
        } catch (IOException e) {
            return KernelRelease.of(System.getProperty("os.version"));
        }
    }

    private void apply(
            Sysctl sysctl, KernelRelease release, List<String> changes, List<String> warnings) {
        Path file = proc.resolve("sys").resolve(sysctl.key().replace('.', '/'));
        Sysctl.Choice choice = settings.sysctls().get(sysctl);
        try {
            String current = Files.readString(file).strip();
            Optional<String> change = sysctl.change(choice, current, release);
            if (change.isPresent()) {
                Files.writeString(file, change.get() + "\n");
                changes.add(sysctl.key() + " from " + current + " to " + change.get());
            }
            if (sysctl.isLacking(change.orElse(current))) {
                warnings.add(
                        sysctl.key()
                                + " is 0 and stays so, as meridian.dataplane.sysctl."
                                + sysctl.setting()
                                + " says; "
                                + sysctl.without());
            }
        } catch (IOException e) {
            if (!(choice instanceof Sysctl.Choice.Keep)) {
                warnings.add(
                        "cannot set "
                                + sysctl.key()
                                + ": "
                                + e
                                + "; "
                                + sysctl.without()
                                + "; set it by hand, or meridian.dataplane.sysctl."
                                + sysctl.setting()
                                + "=keep to be quiet about it");
            }
        }
    }
}

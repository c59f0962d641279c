package io.meridian.ipvs.reconcile;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.ipvs.uml.UmlKernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What tests inside the guest share. */
final class Guest {
    private static final Config CONFIG =
            ConfigFactory.parseString(
                            """
                            meridian.dataplane {
                              kind = ipvs
                              iptables = iptables-legacy
                              audit-interval = 1 s
                              drain = 0 s
                              retry { min-backoff = 100 ms, max-backoff = 1 s }
                            }
                            """)
                    .withFallback(ConfigFactory.load());

    static final IpvsSettings SETTINGS_WITH_HOST_SETUP = IpvsSettings.from(CONFIG);

    /** Programs that the host's set-up starts are slow in the guest: most tests do without. */
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
        if (!UmlKernel.isHere()) {
            throw new IllegalStateException("not run on a host, only in a guest: " + command);
        }
        Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        if (exit != 0) {
            throw new AssertionError(command + " ended with " + exit + ": " + output);
        }
        return output;
    }

    static void runAll(String commands) throws IOException, InterruptedException {
        for (String command : Arrays.asList(commands.strip().split("\n"))) {
            var _ = run(command.strip());
        }
    }

    /** Empties what the kernel contract is about. */
    static void clean() throws IOException, InterruptedException {
        var _ = run("ipvsadm -C");
        if (run("ip -o link").contains("minuteman")) {
            var _ = run("ip link del minuteman");
        }
    }
}

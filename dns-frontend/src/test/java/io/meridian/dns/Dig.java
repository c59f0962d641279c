package io.meridian.dns;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** BIND's dig, as a process. */
final class Dig {
    private Dig() {}

    /**
     * Skips the test where there is no dig; fails it where {@code CI=true} or MERIDIAN_CI is set.
     */
    static void require() {
        boolean installed;
        try {
            installed = run(List.of("dig", "-v")).contains("DiG");
        } catch (IOException e) {
            installed = false;
        }
        String hint =
                "dig is not installed; install dnsutils (Debian, Ubuntu) or bind-utils (Fedora)";
        if (!installed
                && ("true".equals(System.getenv("CI")) || System.getenv("MERIDIAN_CI") != null)) {
            fail(hint);
        }
        assumeTrue(installed, hint + ": skipped");
    }

    static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return output;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IOException("interrupted", e);
        }
    }

    /** Output of dig for that server. */
    static String ask(DnsFrontend frontend, List<String> arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "dig",
                                "@127.0.0.1",
                                "-p",
                                String.valueOf(Frontends.address(frontend).getPort()),
                                "+tries=1",
                                "+time=20"));
        command.addAll(arguments);
        return run(command);
    }
}

package io.meridian.dns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs BIND's dig as a process. */
final class Dig {
    private Dig() {}

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

    /** Output of dig with the given server. */
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

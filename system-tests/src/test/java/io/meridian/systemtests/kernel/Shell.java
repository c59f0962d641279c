package io.meridian.systemtests.kernel;

import io.meridian.ipvs.uml.UmlKernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Runs programs of the guest, as an operator would. */
final class Shell {
    private Shell() {}

    /**
     * Runs a command line, whose words are separated by single blanks, and returns its output.
     *
     * @throws AssertionError if its exit code is not 0
     */
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

    /** Runs a script with one command a line. */
    static void runAll(String commands) throws IOException, InterruptedException {
        for (String command : commands.strip().lines().toList()) {
            var _ = run(command.strip());
        }
    }
}

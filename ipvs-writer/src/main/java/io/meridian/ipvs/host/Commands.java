package io.meridian.ipvs.host;

import java.util.List;

/** Runs a program without a shell and waits for its end. */
interface Commands {
    /**
     * Result of a program.
     *
     * @param exitCode -1 if the program did not start or did not end in time
     * @param output standard output and error, or why the program did not run
     */
    record Result(int exitCode, String output) {
        boolean succeeded() {
            return exitCode == 0;
        }

        /** {@code exit code 1, iptables: No chain/target/match by that name.} */
        @Override
        public String toString() {
            String text = output.strip();
            if (exitCode == -1) {
                return text;
            }
            return "exit code " + exitCode + (text.isEmpty() ? "" : ", " + text);
        }
    }

    /**
     * Runs a program and waits for its end.
     *
     * @param command program and arguments
     * @param input for its standard input
     */
    Result run(List<String> command, String input);
}

package io.meridian.ipvs.host;

import java.util.List;

/** Runs a program without a shell and waits for its end. */
interface Commands {
    /**
     * How a program ended.
     *
     * @param exitCode -1 if it could not be started or did not end in time
     * @param output what it wrote to either stream, or why it did not run
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
     * @param command program and its arguments
     * @param input what it reads from its standard input
     */
    Result run(List<String> command, String input);
}

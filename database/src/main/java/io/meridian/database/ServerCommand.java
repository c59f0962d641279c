package io.meridian.database;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Command line for PostgreSQL's programs, under any user.
 *
 * @param prefix program and arguments that run the command given after them; empty for none
 */
record ServerCommand(List<String> prefix) {
    /**
     * The command for the present user. PostgreSQL refuses to run as root, so root runs it in a new
     * user namespace: its user id is the overflow id (65534) there, and it still owns its files.
     *
     * @throws DatabaseException if the user is root and may not create user namespaces
     */
    static ServerCommand forThisUser() throws IOException, InterruptedException {
        if ((int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") != 0) {
            return new ServerCommand(List.of());
        }
        List<String> prefix = List.of("unshare", "--user");
        String refusal = tryOut(prefix);
        if (!refusal.isEmpty()) {
            throw new DatabaseException(
                    "the embedded PostgreSQL can't run as root here: user namespaces are refused ("
                            + refusal
                            + "); run as an ordinary user or set journal.kind=postgres");
        }
        return new ServerCommand(prefix);
    }

    /**
     * A builder of the process. Both outputs are appended to {@code output}; variables PG* and LC_*
     * are removed from the environment.
     *
     * @param session whether to run the process in a new session, which Ctrl-C in the terminal does
     *     not reach
     */
    ProcessBuilder of(boolean session, Path output, List<String> command) {
        List<String> whole = new ArrayList<>();
        if (session && onPath("setsid")) {
            whole.add("setsid");
        }
        whole.addAll(prefix);
        whole.addAll(command);
        ProcessBuilder builder =
                new ProcessBuilder(whole)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    /** Runs {@code true} with the prefix. Empty if that works, otherwise the error. */
    private static String tryOut(List<String> prefix) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add("true");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                            .strip();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "no answer from " + command;
            }
            return process.exitValue() == 0
                    ? ""
                    : said.isEmpty() ? "exit code " + process.exitValue() : said;
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static boolean onPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        for (String directory : path.split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(directory.isEmpty() ? "." : directory, program))) {
                return true;
            }
        }
        return false;
    }
}

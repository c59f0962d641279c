package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs the commands that the READMEs show for a running demo: {@code dig}, {@code curl} and the
 * client commands of {@code ./meridian}, with the demo's real ports in place of the default ones.
 */
record DocumentedCommands(Path logs, int marathonPort, int httpPort, int dnsPort) {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\w*$(.*?)^```$");
    private static final Pattern CLIENT =
            Pattern.compile("\\./meridian ((?:services|vips|zones|nodes|trace)\\b.*)");

    /** Fails unless every command ends with exit code 0. Returns the commands that were run. */
    List<String> run() throws Exception {
        List<String> commands = new ArrayList<>();
        for (Path readme : readmes()) {
            for (String line : commandLines(Files.readString(readme))) {
                if (runs(line)) {
                    commands.add(line);
                }
            }
        }
        return commands;
    }

    private static List<Path> readmes() throws IOException {
        try (Stream<Path> rooms = Files.list(ROOT)) {
            return Stream.concat(
                            Stream.of(ROOT.resolve("README.md")),
                            rooms.sorted().map(room -> room.resolve("README.md")))
                    .filter(Files::isRegularFile)
                    .distinct()
                    .toList();
        }
    }

    /** The lines of code blocks, without prompts and remarks. */
    private static List<String> commandLines(String markdown) {
        List<String> lines = new ArrayList<>();
        Matcher block = BLOCK.matcher(markdown);
        while (block.find()) {
            block.group(1)
                    .lines()
                    .map(line -> line.replaceFirst("^\\$ ", "").replaceFirst("\\s+# .*", ""))
                    .forEach(lines::add);
        }
        return lines;
    }

    private boolean runs(String line) throws Exception {
        String command =
                line.replace("-p 5354", "-p " + dnsPort)
                        .replace(":8080", ":" + marathonPort)
                        .replace(":8181", ":" + httpPort);
        if (command.startsWith("dig @127.0.0.1 ") || command.startsWith("curl ")) {
            shell(command.replaceFirst("^curl ", "curl -fsS "));
            return true;
        }
        Matcher client = CLIENT.matcher(command);
        if (!client.matches()) {
            return false;
        }
        for (String one : client.group(1).split(" \\| ")) {
            client(List.of(one.trim().split(" ")));
        }
        return true;
    }

    private void shell(String command) throws Exception {
        Path output = Files.createTempFile(logs, "command", ".log");
        Process process =
                new ProcessBuilder("sh", "-c", command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        int code = process.waitFor();
        assertThat(code).as("%s%n%s", command, Files.readString(output)).isZero();
    }

    private void client(List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(arguments);
        command.add("--url");
        command.add("http://127.0.0.1:" + httpPort);
        try (ChildNode client =
                ChildNode.start(Files.createTempFile(logs, "client", ".log"), List.of(), command)) {
            assertThat(client.exitCode(LIMIT)).as("%s%n%s", command, client.output()).isZero();
        }
    }
}

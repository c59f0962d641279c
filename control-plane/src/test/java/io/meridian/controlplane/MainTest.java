package io.meridian.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine line =
            Main.commandLine()
                    .setOut(new PrintWriter(out, true))
                    .setErr(new PrintWriter(err, true));

    @Test
    void everyCommandHasHelp() {
        Map<String, CommandLine> all = new TreeMap<>();
        collect("", line, all);

        assertThat(all).containsKeys("", " run", " check", " nodes", " cluster up");
        all.forEach(
                (path, command) -> {
                    for (String option : List.of("-h", "--help")) {
                        List<String> arguments = new ArrayList<>(List.of(path.strip().split(" ")));
                        arguments.removeIf(String::isEmpty);
                        arguments.add(option);
                        out.getBuffer().setLength(0);
                        assertThat(line.execute(arguments.toArray(String[]::new)))
                                .as(path)
                                .isZero();
                        assertThat(out.toString()).as(path).startsWith("Usage: meridian" + path);
                        assertThat(command.getCommandSpec().usageMessage().description())
                                .as(path)
                                .isNotEmpty();
                    }
                });
        assertThat(err.toString()).isEmpty();
    }

    private static void collect(String path, CommandLine command, Map<String, CommandLine> all) {
        all.put(path, command);
        command.getSubcommands().forEach((name, child) -> collect(path + " " + name, child, all));
    }

    @Test
    void helpTakesTheNameOfACommand() {
        assertThat(line.execute("help")).isZero();
        assertThat(out.toString()).startsWith("Usage: meridian").contains("services");
        out.getBuffer().setLength(0);
        assertThat(line.execute("help", "vips")).isZero();
        assertThat(out.toString()).startsWith("Usage: meridian vips").contains("--plan");
        out.getBuffer().setLength(0);
        assertThat(line.execute("help", "cluster", "up")).isZero();
        assertThat(out.toString()).startsWith("Usage: meridian cluster up");
        assertThat(line.execute("help", "nothing")).isEqualTo(2);
    }

    @Test
    void theVersionIsAnOptionToo() {
        assertThat(line.execute("--version")).isZero();
        assertThat(out.toString()).isEqualTo("meridian " + ProgramVersion.text() + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no-such-option", "sevices"})
    void wrongArgumentsEndWithCode2(String argument) {
        assertThat(line.execute(argument)).isEqualTo(2);
        assertThat(err.toString()).contains(argument);
    }
}

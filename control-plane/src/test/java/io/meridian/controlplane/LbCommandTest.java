package io.meridian.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code meridian lb render}: its files, its exit codes and its lines for the operator. */
class LbCommandTest {
    private static final String APPS =
            """
            {"apps": [
              {"id": "/web", "labels": {"HAPROXY_GROUP": "external", "HAPROXY_0_VHOST": "w.example.com"},
               "portDefinitions": [{"port": 10000}],
               "tasks": [{"id": "web.1", "host": "127.0.0.1", "ports": [31000]}]},
              {"id": "/bad", "labels": {"HAPROXY_GROUP": "external", "HAPROXY_0_PORT": "x"},
               "portDefinitions": [{"port": 10001}],
               "tasks": [{"id": "bad.1", "host": "127.0.0.1", "ports": [31001]}]}]}
            """;

    @TempDir Path folder = Path.of("");
    private final StringWriter errors = new StringWriter();
    private final StringWriter output = new StringWriter();

    @BeforeEach
    void writeApps() throws IOException {
        Files.writeString(folder.resolve("apps.json"), APPS);
    }

    private int render(String... flags) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "lb",
                                "render",
                                "--apps=" + folder.resolve("apps.json"),
                                "--out=" + folder.resolve("out")));
        arguments.addAll(List.of(flags));
        CommandLine line = Main.commandLine();
        line.setErr(new PrintWriter(errors, true)).setOut(new PrintWriter(output, true));
        return line.execute(arguments.toArray(String[]::new));
    }

    private String written(String name) throws IOException {
        return Files.readString(folder.resolve("out").resolve(name));
    }

    @Test
    void theConfigurationIsWrittenAndABadPortIsReportedOnOneLine() throws IOException {
        assertThat(render("--group", "external")).isZero();
        assertThat(written("haproxy.cfg"))
                .contains("  server 127_0_0_1_31000 127.0.0.1:31000 id ")
                .doesNotContain("bad");
        assertThat(errors.toString().lines())
                .containsExactly(
                        "meridian: cannot serve port 0: app=/bad: HAPROXY_0_PORT=x is not an"
                                + " integer; the rest is rendered");
        assertThat(folder.resolve("out/domain2backend.map")).doesNotExist();
    }

    @Test
    void mapFilesAreWrittenAndEmptiedOnceMapsAreOff() throws IOException {
        assertThat(render("--group=*", "--haproxy-map", "--haproxy-config=/lb/haproxy.cfg"))
                .isZero();
        assertThat(written("domain2backend.map")).isEqualTo("w.example.com web_10000\n");
        assertThat(written("app2backend.map")).isEqualTo("/web web_10000\n");
        assertThat(written("haproxy.cfg")).contains("map(/lb/domain2backend.map)");
        assertThat(render("--group=*")).isZero();
        assertThat(written("domain2backend.map")).isEmpty();
        assertThat(written("app2backend.map")).isEmpty();
    }

    @Test
    void theCommandLineOfARunningMarathonLbIsAccepted() {
        assertThat(
                        render(
                                "--sse",
                                "-H",
                                "-m",
                                "http://a:8080",
                                "http://b:8080",
                                "--group",
                                "external",
                                "--command",
                                "true",
                                "--log-level",
                                "INFO",
                                "--skip-config-cleanup",
                                "--max-backoff=300",
                                "-d"))
                .isZero();
        assertThat(output.toString()).contains("frontend web_10000");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void whereNoPortIsLeftTheFilesOfBeforeStay() throws IOException {
        Files.writeString(
                folder.resolve("apps.json"),
                APPS.replace("HAPROXY_0_VHOST\": \"w.example.com", "HAPROXY_0_BALANCE\": \"none"));
        Files.createDirectories(folder.resolve("out"));
        Files.writeString(folder.resolve("out/haproxy.cfg"), "before");
        assertThat(render("--group=external")).isZero();
        assertThat(written("haproxy.cfg")).isEqualTo("before");
        assertThat(errors.toString()).contains("no port is left");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--group=x --profile=haproxy",
                "--group=x --min-serv-port-ip-per-task=0",
                "--group=x --min-serv-port-ip-per-task=9 --max-serv-port-ip-per-task=1",
                "--group=x --max-serv-port-ip-per-task=70000"
            })
    void aWrongCommandLineHasExitCode2AndOneLine(String flags) {
        assertThat(render(flags.isEmpty() ? new String[0] : flags.split(" ", -1))).isEqualTo(2);
        assertThat(errors.toString()).startsWith("meridian: lb render: ");
        assertThat(errors.toString().lines()).hasSize(1);
    }

    @Test
    void filesThatCannotBeReadOrWrittenHaveExitCode2AndOneLineEach() throws IOException {
        Files.writeString(folder.resolve("out"), "a file, not a directory");
        assertThat(render("--group=*")).isEqualTo(2);
        Files.delete(folder.resolve("apps.json"));
        assertThat(render("--group=*")).isEqualTo(2);
        assertThat(errors.toString().lines().filter(line -> line.contains("lb render: cannot")))
                .hasSize(2);
    }

    @Test
    void aDocumentThatIsNoAnswerOfMarathonHasExitCode2() throws IOException {
        for (String text : List.of("", "[]", "{}", "{\"apps\": 3}", "{\"apps\": [")) {
            Files.writeString(folder.resolve("apps.json"), text);
            assertThat(render("--group=*")).isEqualTo(2);
        }
        assertThat(errors.toString().lines()).hasSize(5);
    }
}

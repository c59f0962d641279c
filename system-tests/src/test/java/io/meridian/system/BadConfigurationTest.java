package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A wrong setting ends the program at once: exit code 2 and one line that says what to change. */
final class BadConfigurationTest {
    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // setting | its key | what it was | what it may be
                "cluster.port = 70000 | meridian.cluster.port | 70000 | between 0 and 65535",
                "http.listen = nowhere | meridian.http.listen | nowhere | address:port",
                "dns.listen = [\"127.0.0.1:99999\"] | meridian.dns.listen | 99999 | ip:port",
                "dns.udp-size = 100 | meridian.dns.udp-size | 100 | 512",
                "dns.mesos-ttl = 8 days | meridian.dns.mesos-ttl | 8 days | 604800 s",
                "dns.udp-size = many | meridian.dns.udp-size | many | 512",
                "journal.kind = oracle | meridian.journal.kind | oracle | embedded or postgres",
                "roles = [king] | meridian.roles | king | master and agent",
                "roles = [] | meridian.roles | [] | master and agent",
                "node.address = here | meridian.node.address | here | IP address",
                "vip.range = \"11.0.0.9-11.0.0.1\" | meridian.vip.range | 11.0.0.9-11.0.0.1 |"
                        + " range",
                "dataplane.kind = magic | meridian.dataplane.kind | magic | ipvs",
                "ingest.absence.mass-removal-threshold = 2 |"
                        + " meridian.ingest.absence.mass-removal-threshold | 2 | 1",
                "sources.marathon.urls = [\"ftp://x\"] | meridian.sources.marathon.urls | ftp://x |"
                        + " http"
            })
    void aWrongValueIsNamedWithFileKeyValueAndRange(
            String setting, String key, String value, String range) throws Exception {
        Path file =
                file(
                        "meridian.node { id = one, address = \"127.0.0.1\" }\nmeridian."
                                + setting
                                + "\n");
        assertRefused(run(file), file.getFileName().toString(), key, value, range);
    }

    /** Settings that are in range, and that this host or the other settings make impossible. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "roles = [agent] | meridian.cluster.seeds must be a list of all masters on a node"
                        + " without role master",
                "roles = [master, agent] | meridian.sources.marathon.urls must be a list of at"
                        + " least one URL on a node with role master",
                "state.directory = \"/proc/self/state\" | meridian.state.directory",
                "dns.listen = [\"192.0.2.1:53\"] | no interface of this host has it",
                "dns { listen = [\"127.0.0.1:5354\"], upstreams = [\"127.0.0.1:5354\"] } |"
                        + " meridian.dns.upstreams must be other servers than this one",
                "dns { listen = [\"127.0.0.1:5354\"], forward-zones { \"x.y\" ="
                    + " [\"127.0.0.1:5354\"] } } | meridian.dns.forward-zones must be other servers"
                    + " than this one",
                "cluster { seeds = [\"127.0.0.1:25520\"], tls { enabled = true, authority ="
                    + " \"/dev/null\" } } | meridian.cluster.tls.authority must be a PEM file with"
                    + " a certificate: was /dev/null",
                "sources.marathon { urls = [\"http://127.0.0.1:1\"], tls.ca-file = \"/dev/null\" }"
                    + " | meridian.sources.marathon.tls.ca-file must be a PEM file of certificates"
            })
    void aSettingThatCannotWorkOnThisHostIsRefusedBeforeAnythingStarts(
            String setting, String message) throws Exception {
        Path file =
                file(
                        """
                        meridian { node { id = one, address = "127.0.0.1" }, cluster.port = 25520 }
                        meridian.sources.marathon.urls = [%s]
                        meridian.state.directory = "%s"
                        meridian.dns.listen = ["127.0.0.1:0"]
                        meridian.%s
                        """
                                .formatted(
                                        setting.startsWith("roles = [master")
                                                ? ""
                                                : "\"http://127.0.0.1:1\"",
                                        directory,
                                        setting));

        assertRefused(run(file), message);
    }

    @Test
    void checkSaysThatAFileIsUsableAndStartsNothing() throws Exception {
        Path state = directory.resolve("state");
        Path file =
                file(
                        """
                        meridian {
                          node { id = one, address = "127.0.0.1" }
                          sources.marathon.urls = ["http://127.0.0.1:1"]
                          state.directory = "%s"
                          dns.listen = ["127.0.0.1:0"]
                        }
                        """
                                .formatted(state));
        try (ChildNode checked =
                ChildNode.start(
                        directory.resolve("output"),
                        List.of(),
                        List.of("check", file.toString(), "-Ddns.listen=[::1]:0"))) {
            assertThat(checked.exitCode(Duration.ofSeconds(60))).as(checked.output()).isZero();
            assertThat(checked.output())
                    .isEqualTo(
                            file
                                    + " is usable: node one: roles=[agent, master]"
                                    + " address=127.0.0.1 seeds=[]\n");
        }
        assertThat(state).doesNotExist();
        assertRefused(
                ChildNode.start(
                        directory.resolve("refused"),
                        List.of(),
                        List.of("check", file.toString(), "-Ddns.listn=x")),
                "did you mean meridian.dns.listen?");
    }

    @Test
    void aKeyThatDoesNotExistIsNamedWithItsFile() throws Exception {
        Path file = file("meridian.dns.lisen = [\"127.0.0.1:0\"]\n");
        assertRefused(
                run(file), file.getFileName().toString(), "meridian.dns.lisen", "does not exist");
    }

    @Test
    void aFileThatIsNotThereIsNamed() throws Exception {
        Path file = directory.resolve("absent.conf");
        assertRefused(run(file), "absent.conf");
    }

    @Test
    void aFileThatIsNotHoconIsNamedWithTheLine() throws Exception {
        Path file = file("meridian {\n  roles = [master\n");
        assertRefused(run(file), file.getFileName().toString());
    }

    @Test
    void anOverrideIsNamedAsSuch() throws Exception {
        Path file = file("meridian.node.id = one\n");
        assertRefused(
                run(file, "-Dmeridian.cluster.port=70000"),
                "-D",
                "meridian.cluster.port",
                "70000",
                "between 0 and 65535");
    }

    private Path file(String text) throws Exception {
        return Files.writeString(directory.resolve("wrong.conf"), text);
    }

    private ChildNode run(Path file, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("run", "--config", file.toString()));
        arguments.addAll(List.of(more));
        return ChildNode.start(directory.resolve("output"), List.of(), arguments);
    }

    private static void assertRefused(ChildNode node, String... words) throws Exception {
        try (node) {
            int code = node.exitCode(Duration.ofSeconds(60));
            assertThat(code).as(node.output()).isEqualTo(2);
            assertThat(node.output().strip().lines()).as(node.output()).hasSize(1);
            assertThat(node.output()).contains(words);
        }
    }
}

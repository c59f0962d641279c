package io.meridian.controlplane.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.dns.DnsSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

class ConfigurationTest {
    @TempDir Path directory;

    @Test
    void minusDOverridesTheFileAndTheFileOverridesDefaults() throws IOException {
        Path file = file("meridian { node.id = file, cluster.port = 1 }");

        Configuration configuration =
                Configuration.load(Optional.of(file), Map.of("meridian.node.id", "override"));

        assertThat(configuration.config().getString("meridian.node.id")).isEqualTo("override");
        assertThat(configuration.config().getInt("meridian.cluster.port")).isEqualTo(1);
        assertThat(configuration.config().getString("meridian.journal.kind")).isEqualTo("embedded");
    }

    @Test
    void theRootMayBeLeftOutOfAnOverride() {
        Configuration configuration =
                Configuration.load(Optional.empty(), Map.of("node.id", "short"));

        assertThat(configuration.config().getString("meridian.node.id")).isEqualTo("short");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "127.0.0.1:5399",
                "[\"127.0.0.1:5399\"]",
                "['127.0.0.1:5399']",
                "[127.0.0.1:5399]",
                "[::1]:5399",
                "[\"[::1]:5399\"]",
                "[[::1]:5399]",
            })
    void aListIsTakenBareOrInBrackets(String value) {
        Configuration configuration =
                Configuration.load(
                        Optional.empty(), Map.of("meridian.dns.listen", value.replace('\'', '"')));

        assertThat(configuration.read(DnsSettings::from).listen()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[::1]:53,[::2]:53",
                "127.0.0.1:53, [::1]:53",
                "[[::1]:53, [::2]:53]",
                "['[::1]:53', '[::2]:53']"
            })
    void aListMayHaveSeveralIpv6Addresses(String value) {
        Configuration configuration =
                Configuration.load(
                        Optional.empty(),
                        Map.of("meridian.cluster.seeds", value.replace('\'', '"')));

        assertThat(configuration.config().getStringList("meridian.cluster.seeds"))
                .hasSize(2)
                .allMatch(seed -> seed.endsWith(":53") && !seed.startsWith("[["));
    }

    @Test
    void textWithColonsNeedsNoQuotes() {
        Configuration configuration =
                Configuration.load(Optional.empty(), Map.of("meridian.http.listen", "127.0.0.1:0"));

        assertThat(configuration.config().getString("meridian.http.listen"))
                .isEqualTo("127.0.0.1:0");
    }

    @Test
    void aDefaultThatCannotWorkIsCalledTheDefault() throws IOException {
        Configuration configuration =
                Configuration.load(Optional.of(file("meridian { node.id = a }")), Map.of());

        assertThatThrownBy(
                        () ->
                                configuration.read(
                                        _ -> {
                                            throw new IllegalArgumentException(
                                                    "meridian.cluster.port must be free");
                                        }))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith("meridian.cluster.port must be free (the default)");
    }

    @Test
    void aWrongValueIsReportedWithFileLineKeyValueAndRange() throws IOException {
        Path file = file("meridian {\n  cluster.port = 99999\n}\n");
        Configuration configuration = Configuration.load(Optional.of(file), Map.of());

        assertThatThrownBy(() -> configuration.read(NodeSettings::from))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(
                        "meridian.cluster.port must be between 0 and 65535: was 99999")
                .hasMessageContaining(file.getFileName() + ": 2");
    }

    @Test
    void aValueOfTheWrongTypeIsReportedWithFileAndLine() throws IOException {
        Path file = file("meridian {\n  cluster.port = many\n}\n");

        assertThatThrownBy(() -> Configuration.load(Optional.of(file), Map.of()))
                .hasMessageContaining(file.getFileName().toString())
                .hasMessageContaining("meridian.cluster.port")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // the file's text | the message, without the path of the file
                "meridian.dns.listn = [] | setting meridian.dns.listn does not exist;"
                        + " did you mean meridian.dns.listen? (FILE: 1)",
                "meridian { dns {} \\n nod.id = x } | setting meridian.nod does not exist;"
                        + " did you mean meridian.node? (FILE: 2)",
                "meridian.listen-adress = x | setting meridian.listen-adress does not exist (FILE:"
                        + " 1)",
                "meridian.udp-size = 512 | setting meridian.udp-size does not exist;"
                        + " did you mean meridian.dns.udp-size? (FILE: 1)",
                "meridian.dns.cache.size.max = 1 | setting meridian.dns.cache.size must be one"
                        + " value: was {`max`:1} (FILE: 1)",
                "meridian.dns.chache {} | setting meridian.dns.chache does not exist;"
                        + " did you mean meridian.dns.cache? (FILE: 1)",
                "meridian.roles.agent = null | setting meridian.roles must be a list",
                "meridian {}, logging.level = x | setting logging does not exist (FILE: 1)",
                "meridian {}, meridan.node.id = x | setting meridan does not exist;"
                        + " did you mean meridian? (FILE: 1)",
                "meridian.dns = 5 | setting meridian.dns must be a section { ... }: was 5 (FILE:"
                        + " 1)",
                "meridian = 5 | setting meridian must be a section { ... }: was 5 (FILE: 1)",
                "meridian.roles = master | setting meridian.roles must be a list: was master;"
                        + " write [master] (FILE: 1)",
                "meridian.roles = null | setting meridian.roles must be a list: was null (FILE: 1)",
                "meridian.node.id = [a] | setting meridian.node.id must be one value: was [`a`]",
                "meridian.dns.mesos-ttl = 60 | setting meridian.dns.mesos-ttl must be a duration"
                        + " with a unit (ms, s, m, h, d): was 60; write 60 s (FILE: 1)",
                "meridian.dns.mesos-ttl = `60` | setting meridian.dns.mesos-ttl must be a duration"
                        + " with a unit (ms, s, m, h, d): was 60; write 60 s",
                "meridian.dns.mesos-ttl = soon | must be a duration such as 60 s: was soon (FILE:"
                        + " 1)",
                "meridian.feed.server.part-size = big | must be a size such as 128 KiB: was big",
                "meridian.cluster.port = abc | must be a whole number: was abc (FILE: 1): TCP port"
                        + " for cluster traffic, 0..65535",
                "meridian.cluster.port = 1.5 | must be a whole number: was 1.5 (FILE: 1)",
                "meridian.cluster.tls.enabled = maybe | must be true or false: was maybe (FILE: 1)",
                "meridian.journal.postgres.password = [x] | must be one value: was (not shown)",
                "`` | configuration file FILE has no section meridian { ... }: it is empty;",
                "meridan { node.id = x } | configuration file FILE has no section meridian { ... }:"
                        + " it has meridan; did you mean meridian?",
                "server { port = 80 } | configuration file FILE has no section meridian { ... }:"
                        + " it has server; conf/single.conf is an example",
                "{`zk`: `zk://10.0.0.1/mesos`, `ttl`: 60, `domain`: `mesos`, `httpon`: true} |"
                        + " configuration file FILE is Mesos-DNS's;"
                        + " docs/how-to/migrate-from-mesos-dns.md has",
                "{`masters`: [`10.0.0.1:5050`], `IPSources`: [`host`]} |"
                        + " configuration file FILE is Mesos-DNS's;",
                "meridian.node.id = ${NO_SUCH_VARIABLE} | configuration cannot be resolved: FILE:"
                        + " 1:",
                "meridian { | configuration file is not HOCON: FILE: 1:",
            })
    void whatIsNoSettingOfThisProgramIsRefusedInOneLine(String text, String message)
            throws IOException {
        Path file = file(text.replace('`', '"').replace("\"\"", "").replace("\\n", "\n"));

        assertThatThrownBy(() -> Configuration.load(Optional.of(file), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message.replace('`', '"').replace("FILE", file.toString()))
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "meridian.nod.id | x | setting meridian.nod does not exist; did you mean"
                        + " meridian.node? (-Dmeridian.nod.id",
                "dns.listn | 127.0.0.1:53 | did you mean meridian.dns.listen? (-Ddns.listn",
                "meridian.cluster.port | abc | must be a whole number: was abc (-Dmeridian.cluster",
                "meridian.dns.mesos-ttl | 60 | was 60; write 60 s (-Dmeridian.dns.mesos-ttl",
                "meridian..dns | 60 | configuration cannot be resolved: "
            })
    void anOverrideIsCheckedAsTheFileIs(String key, String value, String message) {
        assertThatThrownBy(() -> Configuration.load(Optional.empty(), Map.of(key, value)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aValueOfTheEnvironmentIsChecked() throws IOException {
        Path file = file("meridian { node.id = ${?NO_SUCH_VARIABLE}, node.address = ${PATH} }");

        Configuration configuration = Configuration.load(Optional.of(file), Map.of());

        assertThat(configuration.config().getString("meridian.node.id")).isEmpty();
        assertThat(configuration.config().getString("meridian.node.address"))
                .isEqualTo(System.getenv("PATH"));
    }

    @Test
    void tablesThatOperatorsFillMayHaveAnyKey() throws IOException {
        Path file = file("meridian.dns.forward-zones { \"corp.example\" = [\"127.0.0.9:53\"] }");

        assertThat(
                        Configuration.load(Optional.of(file), Map.of())
                                .read(DnsSettings::from)
                                .upstreams()
                                .all())
                .hasSize(1);
    }

    @Test
    void aMissingFileIsReported() {
        assertThatThrownBy(
                        () ->
                                Configuration.load(
                                        Optional.of(directory.resolve("none.conf")), Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("none.conf does not exist");
    }

    @Test
    void aFileThatIsNotHoconIsReportedWithItsLine() throws IOException {
        Path file = file("meridian {\n  node {\n");

        assertThatThrownBy(() -> Configuration.load(Optional.of(file), Map.of()))
                .hasMessageContaining("is not HOCON")
                .hasMessageContaining(file.getFileName().toString());
    }

    @Test
    void operatorsMayTuneAkka() throws IOException {
        Path file = file("akka.loglevel = DEBUG");

        assertThat(
                        Configuration.load(Optional.of(file), Map.of())
                                .operatorAkka()
                                .getString("akka.loglevel"))
                .isEqualTo("DEBUG");
    }

    @Test
    void everyFileInConfIsUsable() throws IOException {
        try (var files = Files.list(Path.of("../conf"))) {
            for (Path file : files.filter(name -> name.toString().endsWith(".conf")).toList()) {
                Configuration own = Configuration.load(Optional.of(file), Map.of());
                Map<String, String> overrides = new HashMap<>();
                if (own.config().getString("meridian.node.address").isEmpty()) {
                    overrides.put("node.address", "127.0.0.1"); // this host may have several
                }
                if (own.config().getString("meridian.journal.kind").equals("postgres")) {
                    overrides.put("journal.postgres.password", "of the environment");
                }
                Configuration configuration = Configuration.load(Optional.of(file), overrides);
                assertThat(configuration.read(NodeSettings::from).roles()).isNotEmpty();
                assertThat(configuration.read(DnsSettings::from).listen()).isNotEmpty();
            }
        }
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("meridian.conf"), text);
    }
}

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
            })
    void aListIsTakenBareOrInBrackets(String value) {
        Configuration configuration =
                Configuration.load(
                        Optional.empty(), Map.of("meridian.dns.listen", value.replace('\'', '"')));

        assertThat(configuration.read(DnsSettings::from).listen()).hasSize(1);
    }

    @Test
    void textWithColonsNeedsNoQuotes() {
        Configuration configuration =
                Configuration.load(Optional.empty(), Map.of("meridian.http.listen", "127.0.0.1:0"));

        assertThat(configuration.config().getString("meridian.http.listen"))
                .isEqualTo("127.0.0.1:0");
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
        Configuration configuration = Configuration.load(Optional.of(file), Map.of());

        assertThatThrownBy(() -> configuration.read(NodeSettings::from))
                .hasMessageContaining(file.getFileName().toString())
                .hasMessageContaining("meridian.cluster.port")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aKeyThatDoesNotExistIsRefused() throws IOException {
        Path file = file("meridian {\n  dns.lisen = [\"127.0.0.1:53\"]\n}\n");

        assertThatThrownBy(() -> Configuration.load(Optional.of(file), Map.of()))
                .hasMessageContaining("meridian.dns.lisen does not exist")
                .hasMessageContaining(": 2");
        assertThatThrownBy(
                        () -> Configuration.load(Optional.empty(), Map.of("meridian.nod.id", "x")))
                .hasMessageContaining("meridian.nod.id does not exist (-Dmeridian.nod.id)");
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
                .hasMessageContaining("none.conf can't be read");
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
                Configuration configuration = Configuration.load(Optional.of(file), Map.of());
                assertThat(configuration.read(NodeSettings::from).roles()).isNotEmpty();
                assertThat(configuration.read(DnsSettings::from).listen()).isNotEmpty();
            }
        }
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("meridian.conf"), text);
    }
}

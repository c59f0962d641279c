package io.meridian.controlplane.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.database.PostgresSettings;
import io.meridian.database.TlsMode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;

class DatabaseSettingsTest {
    @TempDir private Path directory;

    private PostgresSettings read(String settings) {
        Config config =
                ConfigFactory.parseString(
                                settings.replace("DIR", directory.toString()).replace('`', '"'))
                        .atPath("journal.postgres")
                        .withFallback(ConfigFactory.load().getConfig("meridian"));
        return DatabaseSettings.from(config, 5432);
    }

    @Test
    void thePasswordFileHasThePasswordInItsFirstLine() throws Exception {
        Files.writeString(directory.resolve("password"), "secret word\n");
        assertThat(read("password-file = `DIR/password`").password()).isEqualTo("secret word");
    }

    @Test
    void tlsIsPreferredByDefaultAsByLibpq() {
        assertThat(read("password = x").tls())
                .isEqualTo(new PostgresSettings.Tls(TlsMode.PREFER, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "password = `` | journal.postgres.password | MERIDIAN_DATABASE_PASSWORD",
                "password-file = `DIR/none` | journal.postgres.password-file | DIR/none",
                "password-file = `DIR/empty` | journal.postgres.password-file | first line is"
                        + " empty",
                "{password = x, password-file = `DIR/empty`} | journal.postgres.password-file |"
                        + " empty if journal.postgres.password is set",
                "{password = x, tls.mode = allow} | journal.postgres.tls.mode |"
                        + " disable, prefer, require, verify-ca or verify-full",
                "{password = x, tls {mode = verify-full, authority = `DIR/none`}} |"
                        + " journal.postgres.tls.authority | DIR/none",
                "{password = x, tls {mode = verify-ca, authority = `DIR/garbage`}} |"
                        + " journal.postgres.tls.authority | DIR/garbage",
                "{password = x, tls {mode = verify-ca, authority = `DIR/empty`}} |"
                        + " journal.postgres.tls.authority | it holds none",
                "{password = x, tls {mode = require, authority = `DIR/empty`}} |"
                        + " journal.postgres.tls.authority | verify-ca or verify-full"
            })
    void aWrongValueIsNamedWithItsKey(String settings, String key, String why) throws Exception {
        Files.createFile(directory.resolve("empty"));
        Files.writeString(directory.resolve("garbage"), "-----BEGIN CERTIFICATE-----\nx\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(settings))
                .withMessageStartingWith("setting meridian." + key + " must be ")
                .withMessageContaining(why.replace("DIR", directory.toString()));
    }
}

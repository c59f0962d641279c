package io.meridian.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.dns.transfer.TransferSettings;
import io.meridian.dns.transfer.TsigAlgorithm;
import io.meridian.dns.wire.DnsName;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class TransferConfigTest {
    private static final String SECRET = "c2l4dGVlbiBieXRlcyBvciBtb3Jl";

    @TempDir Path folder;

    private static TransferSettings read(String text) {
        return Frontends.settings("transfer { " + text + " }").transfer();
    }

    @Test
    void transfersAreRefusedByDefault() {
        TransferSettings settings = read("");
        assertThat(settings.allow()).isEmpty();
        assertThat(settings.keys()).isEmpty();
        assertThat(settings.targets()).isEmpty();
    }

    @Test
    void keysMayBeInAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), SECRET + "\n");
        TransferSettings settings =
                read(
                        """
                        keys = [
                          { name = a.example, secret = "%s" }
                          { name = b.example, algorithm = hmac-sha512, secret-file = "%s" }
                        ]
                        allow = ["192.0.2.0/24", "key a.example", "2001:db8::1 key b.example"]
                        notify = [
                          { address = 192.0.2.1 }
                          { address = "[2001:db8::1]:5300", key = b.example, zones = [mesos] }
                        ]
                        """
                                .formatted(SECRET, file));
        assertThat(settings.keys()).hasSize(2);
        assertThat(settings.keys().getLast().algorithm()).isEqualTo(TsigAlgorithm.HMAC_SHA512);
        assertThat(settings.allow()).hasSize(3);
        assertThat(settings.targets().getFirst().address().getPort()).isEqualTo(53);
        assertThat(settings.targets().getLast().key().orElseThrow().name())
                .isEqualTo(DnsName.literal("b.example"));
        assertThat(settings.toString()).doesNotContain(SECRET).doesNotContain("sixteen");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "allow = [nonsense] | transfer.allow must be | nonsense",
                "allow = [\"key a\"] | transfer.allow must be with keys | key a",
                "allow = 5 | transfer.allow must be | 5",
                "concurrent = 0 | transfer.concurrent must be a whole number between 1 and 1000 |"
                        + " 0",
                "history-records = -1 | transfer.history-records must be | -1",
                "notify = [{ }] | transfer.notify must be | :",
                "notify = [{ address = \"0.0.0.0\" }] | transfer.notify must be | 0.0.0.0",
                "notify = [{ address = \"192.0.2.1\", key = a }] | transfer.notify must be with"
                        + " keys | a",
                "notify = [{ address = \"192.0.2.1\", zone = a }] | transfer.notify must be | zone",
                "keys = [{ secret = S }] | transfer.keys must be | name",
                "keys = [{ name = a, secret = S, algorithm = hmac-md5 }] | (key a) must be |"
                        + " hmac-md5",
                "keys = [{ name = a }] | (key a) must be with either | neither",
                "keys = [{ name = a, secret = S, secret-file = x }] | must be with either | both",
                "keys = [{ name = a, secret = S }, { name = A, secret = S }] | without duplicates |"
                        + " A",
                "keys = [{ name = a, secret-file = \"/nowhere\" }] | secret-file that can be read |"
                        + " nowhere",
                "keys = [{ name = a, secret = \"c2hvcnQ=\" }] | at least 16 bytes | (not shown)",
                "keys = [{ name = a, secret = \"S!\" }] | at least 16 bytes | (not shown)",
                "keys = [{ name = a, secret = [S] }] | (key a) must be | another kind",
                "keys = S | transfer.keys must be | something else",
            })
    void errorsDoNotShowTheSecret(String text, String rule, String value) {
        assertThatThrownBy(() -> read(text.replace("S", SECRET)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("setting meridian.dns.transfer.")
                .hasMessageContaining(rule)
                .hasMessageContaining(value)
                .satisfies(
                        e ->
                                assertThat(e.getMessage())
                                        .doesNotContain(SECRET)
                                        .doesNotContain("c2hvcnQ"));
    }
}

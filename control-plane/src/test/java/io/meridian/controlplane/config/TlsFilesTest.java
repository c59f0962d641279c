package io.meridian.controlplane.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Real files of {@code conf/tls/make-test-ca}: two authorities, two nodes. */
class TlsFilesTest {
    @TempDir static Path directory;
    private static Instant now = Instant.EPOCH;

    @BeforeAll
    static void makeFiles() throws Exception {
        make("own", "one", "two");
        make("foreign", "three");
        now = Instant.now();
        Files.writeString(directory.resolve("garbage"), "this is not a certificate\n");
        Files.write(directory.resolve("binary"), new byte[] {(byte) 0x80, 0, (byte) 0xff});
    }

    private static void make(String authority, String... nodes)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of("../conf/tls/make-test-ca").toAbsolutePath().normalize().toString());
        command.add(directory.resolve(authority).toString());
        command.addAll(List.of(nodes));
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (process.waitFor() != 0) {
            throw new AssertionError("make-test-ca ended with " + process.exitValue());
        }
    }

    @Test
    void aNodesFilesAreUsable() {
        assertThatCode(() -> check("own/one/node.crt", "own/one/node.key", "own/ca.crt", now))
                .doesNotThrowAnyException();
    }

    @Test
    void anUnusableFileIsNamedWithItsCause() {
        refused(
                "own/one/node.crt",
                "garbage",
                "own/ca.crt",
                now,
                "meridian.cluster.tls.key must be a PEM file (PKCS 1 or 8, without passphrase) with"
                        + " a private key",
                "/garbage: ");
        refused(
                "garbage",
                "own/one/node.key",
                "own/ca.crt",
                now,
                "meridian.cluster.tls.certificate must be a PEM file with a certificate",
                "/garbage: it holds no certificate");
        refused(
                "own/one/node.crt",
                "binary",
                "own/ca.crt",
                now,
                "meridian.cluster.tls.key must be a PEM file",
                "/binary: ");
        refused(
                "own/one/node.crt",
                "own/one/node.key",
                "own/none.crt",
                now,
                "meridian.cluster.tls.authority must be a PEM file",
                "/own/none.crt: no such file");
        refused(
                "own/one/node.crt",
                "own",
                "own/ca.crt",
                now,
                "meridian.cluster.tls.key must be a PEM file",
                "/own: Is a directory");
    }

    @Test
    void theKeyOfAnotherCertificateIsRefused() {
        refused(
                "own/one/node.crt",
                "own/two/node.key",
                "own/ca.crt",
                now,
                "meridian.cluster.tls.key must be the private key of the certificate in ",
                "/own/two/node.key: the key of another certificate");
    }

    @Test
    void theCertificateOfAnotherAuthorityIsRefused() {
        refused(
                "foreign/three/node.crt",
                "foreign/three/node.key",
                "own/ca.crt",
                now,
                "meridian.cluster.tls.certificate must be signed by the authority in ",
                "/foreign/three/node.crt: signed by CN=Meridian test CA");
    }

    @Test
    void aCertificateMustBeValidNow() {
        refused(
                "own/one/node.crt",
                "own/one/node.key",
                "own/ca.crt",
                now.plus(Duration.ofDays(8)),
                "meridian.cluster.tls.certificate must be a certificate that is valid now",
                "/own/one/node.crt: expired at ");
        refused(
                "own/one/node.crt",
                "own/one/node.key",
                "own/ca.crt",
                now.minus(Duration.ofDays(1)),
                "meridian.cluster.tls.authority must be a certificate that is valid now",
                "this host's clock says ");
    }

    private static void refused(
            String certificate, String key, String authority, Instant now, String... words) {
        assertThatThrownBy(() -> check(certificate, key, authority, now))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words);
    }

    private static void check(String certificate, String key, String authority, Instant now) {
        TlsFiles.requireUsable(
                new ClusterSettings.Tls(
                        directory.resolve(certificate),
                        directory.resolve(key),
                        directory.resolve(authority)),
                now);
    }
}

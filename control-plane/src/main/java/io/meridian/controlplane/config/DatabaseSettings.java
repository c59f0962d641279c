package io.meridian.controlplane.config;

import com.typesafe.config.Config;

import io.meridian.database.PostgresSettings;
import io.meridian.database.PostgresSettings.Tls;
import io.meridian.database.TlsMode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/** Reads {@code journal.postgres}: the server that the operator runs. */
final class DatabaseSettings {
    private static final String PASSWORD = "journal.postgres.password";
    private static final String PASSWORD_FILE = "journal.postgres.password-file";
    private static final String MODE = "journal.postgres.tls.mode";
    private static final String AUTHORITY = "journal.postgres.tls.authority";

    private DatabaseSettings() {}

    /**
     * @param port port of servers without one
     * @throws IllegalArgumentException if a value or a file is unusable; the message has the key
     */
    static PostgresSettings from(Config config, int port) {
        return new PostgresSettings(
                config.getString("journal.postgres.host"),
                port,
                config.getString("journal.postgres.database"),
                config.getString("journal.postgres.user"),
                password(config),
                tls(config));
    }

    private static String password(Config config) {
        String password = config.getString(PASSWORD);
        String file = config.getString(PASSWORD_FILE).trim();
        if (file.isEmpty()) {
            return notEmpty(
                    PASSWORD,
                    password,
                    "\"\"; is the variable of your secrets file set, such as"
                            + " MERIDIAN_DATABASE_PASSWORD?");
        }
        if (!password.isEmpty()) {
            throw NodeSettings.wrong(PASSWORD_FILE, "empty if " + PASSWORD + " is set", file);
        }
        Path path = NodeSettings.path(config, PASSWORD_FILE);
        return notEmpty(PASSWORD_FILE, firstLine(path), path + ": its first line is empty");
    }

    private static String notEmpty(String key, String password, String value) {
        if (password.isEmpty()) {
            throw NodeSettings.wrong(key, "the password of the PostgreSQL user", value);
        }
        return password;
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException unreadable) {
            throw NodeSettings.wrong(
                    PASSWORD_FILE,
                    "a text file that user " + HostChecks.user() + " may read",
                    unreadable.toString());
        }
    }

    private static Tls tls(Config config) {
        String text = config.getString(MODE);
        TlsMode mode =
                TlsMode.parse(text)
                        .orElseThrow(
                                () ->
                                        NodeSettings.wrong(
                                                MODE,
                                                "disable, prefer, require, verify-ca or"
                                                        + " verify-full",
                                                text));
        return new Tls(mode, authority(config, mode));
    }

    private static @Nullable Path authority(Config config, TlsMode mode) {
        String text = config.getString(AUTHORITY).trim();
        if (text.isEmpty()) {
            return null;
        }
        if (mode != TlsMode.VERIFY_CA && mode != TlsMode.VERIFY_FULL) {
            throw NodeSettings.wrong(
                    AUTHORITY, "empty unless " + MODE + " is verify-ca or verify-full", text);
        }
        Path file = NodeSettings.path(config, AUTHORITY);
        requireCertificates(file);
        return file;
    }

    private static void requireCertificates(Path file) {
        try (var in = Files.newInputStream(file)) {
            if (!CertificateFactory.getInstance("X.509").generateCertificates(in).isEmpty()) {
                return;
            }
        } catch (IOException | CertificateException unusable) {
            throw NodeSettings.wrong(
                    AUTHORITY,
                    "a PEM file with certificates that user " + HostChecks.user() + " may read",
                    file + ": " + unusable);
        }
        throw NodeSettings.wrong(
                AUTHORITY, "a PEM file with certificates", file + ": it holds none");
    }
}

package io.meridian.sources.http;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How certificates of {@code https} servers are verified.
 *
 * @param caFile PEM file of the trusted authorities; empty for those of the Java runtime
 * @param verify false accepts any certificate of any host
 */
public record Tls(String caFile, boolean verify) {
    /**
     * Reads {@code tls.ca-file} and {@code tls.verify}.
     *
     * @throws BadSettingException if the file can't be read
     */
    public static Tls from(SettingsReader in) {
        String caFile = in.text("tls.ca-file");
        if (!caFile.isEmpty() && !Files.isReadable(Path.of(caFile))) {
            throw in.bad("tls.ca-file", "must be a readable PEM file: was \"" + caFile + "\"");
        }
        return new Tls(caFile, in.flag("tls.verify"));
    }
}

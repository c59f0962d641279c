package io.meridian.controlplane;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version that the build wrote into the jar. */
public final class ProgramVersion {
    private ProgramVersion() {}

    public static String text() {
        try (InputStream in =
                ProgramVersion.class.getResourceAsStream("/META-INF/meridian-version")) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks META-INF/meridian-version");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}

package io.meridian.database;

import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;

/** A separate JVM that runs the embedded server until its standard input ends. */
public final class ChildProgram {
    private ChildProgram() {}

    /**
     * @param args the server's directory, the directory of the binaries
     */
    public static void main(String[] args) throws Exception {
        EmbeddedSettings settings =
                new EmbeddedSettings(
                        Path.of(args[0]), Path.of(args[1]), true, Duration.ofMinutes(3), 20);
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(settings)) {
            PostgresSettings at = postgres.settings();
            System.out.println("ready " + at.port() + " " + at.password() + " " + postgres.pid());
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (DatabaseException e) {
            System.out.println("refused " + e.getMessage());
        }
    }
}

package io.meridian.controlplane.demo;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;

import io.meridian.controlplane.Program;
import io.meridian.database.EmbeddedPostgres;
import io.meridian.database.PostgresSettings;
import io.meridian.simulator.marathon.SimulatedMarathon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The services that the local cluster's nodes use: one PostgreSQL and a simulated Marathon. */
public final class LocalServices implements Program {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final EmbeddedPostgres postgres;
    private final SimulatedMarathon marathon;

    private LocalServices(EmbeddedPostgres postgres, SimulatedMarathon marathon) {
        this.postgres = postgres;
        this.marathon = marathon;
    }

    /**
     * Returns once both accept connections.
     *
     * @param journal file for the settings of the database; written last, so its existence means
     *     ready
     */
    public static LocalServices start(Path directory, Path journal, int marathonPort) {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(directory);
        try {
            LocalServices services = new LocalServices(postgres, DemoMarathon.start(marathonPort));
            write(postgres.settings(), journal);
            return services;
        } catch (RuntimeException failed) {
            postgres.close();
            throw failed;
        }
    }

    private static void write(PostgresSettings settings, Path file) {
        String text =
                ConfigFactory.parseMap(
                                Map.of(
                                        "meridian.journal.kind", "postgres",
                                        "meridian.journal.postgres.host", settings.host(),
                                        "meridian.journal.postgres.port", settings.port(),
                                        "meridian.journal.postgres.database", settings.database(),
                                        "meridian.journal.postgres.user", settings.user(),
                                        "meridian.journal.postgres.password", settings.password()))
                        .root()
                        .render(ConfigRenderOptions.defaults().setOriginComments(false));
        try {
            Path part =
                    Files.createTempFile(
                            file.getParent(),
                            "journal",
                            ".part",
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------")));
            Files.writeString(part, text);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    @Override
    public int awaitEnd() throws InterruptedException {
        closed.await();
        return 1;
    }

    @Override
    public void close() {
        marathon.close();
        postgres.close();
        closed.countDown();
    }
}

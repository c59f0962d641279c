package io.meridian.database;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs one PostgreSQL server for all tests of a JVM, started on first use. A parameter of type
 * {@link PostgresSettings} gets a new database with the current schema: one per test class for a
 * parameter of a constructor or {@code @BeforeAll}, else one per test method. The server does not
 * wait for the disk.
 */
public final class EmbeddedPostgresExtension implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(EmbeddedPostgresExtension.class);

    private static final AtomicInteger DATABASES = new AtomicInteger();

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == PostgresSettings.class;
    }

    @Override
    public PostgresSettings resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        "database", _ -> freshDatabase(server(context)), PostgresSettings.class);
    }

    /** A new database with the current schema on the shared server. */
    private static PostgresSettings freshDatabase(SharedServer server) {
        PostgresSettings settings =
                server.postgres.settings().withDatabase("test_" + DATABASES.incrementAndGet());
        Databases.createIfMissing(settings);
        Schema.ensure(settings);
        return settings;
    }

    private static SharedServer server(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent("server", _ -> SharedServer.start(), SharedServer.class);
    }

    /**
     * Settings for a separate server: it shares the binaries of all tests of the module and does
     * not wait for the disk.
     */
    static EmbeddedSettings quick(Path directory) {
        Path binaries = Path.of("target", "postgres-" + PostgresBinaries.version());
        return new EmbeddedSettings(directory, binaries, false, Duration.ofMinutes(3), 100);
    }

    private record SharedServer(EmbeddedPostgres postgres, Path directory)
            implements AutoCloseable {
        static SharedServer start() {
            try {
                Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
                Path directory = Files.createTempDirectory(target, "postgres-test-");
                return new SharedServer(EmbeddedPostgres.start(quick(directory)), directory);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() throws IOException {
            postgres.close();
            PostgresBinaries.deleteTree(directory);
        }
    }
}

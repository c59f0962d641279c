package io.meridian.database;

import io.r2dbc.postgresql.PostgresqlConnectionFactoryProvider;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.ConnectionFactoryProvider;
import io.r2dbc.spi.Statement;

import org.reactivestreams.Publisher;

import reactor.core.publisher.Mono;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * PostgreSQL driver that sends an insert with several bindings as one statement ({@link
 * CombiningStatement}). The wrapped driver makes one round trip per binding, and Akka Projection
 * stores the offset of every event by such inserts (ADR 0025).
 *
 * <p>R2DBC loads this class by {@code META-INF/services}. It takes the wrapped driver's options.
 */
public final class CombiningDriver implements ConnectionFactoryProvider {
    static final String NAME = "meridian-postgresql";

    private final PostgresqlConnectionFactoryProvider driver =
            new PostgresqlConnectionFactoryProvider();

    @Override
    public ConnectionFactory create(ConnectionFactoryOptions options) {
        return new Combining(driver.create(options));
    }

    @Override
    public boolean supports(ConnectionFactoryOptions options) {
        return NAME.equals(options.getValue(ConnectionFactoryOptions.DRIVER));
    }

    @Override
    public String getDriver() {
        return NAME;
    }

    private record Combining(ConnectionFactory connections) implements ConnectionFactory {
        @Override
        public Publisher<? extends Connection> create() {
            return Mono.from(connections.create()).map(Combining::combining);
        }

        @Override
        public ConnectionFactoryMetadata getMetadata() {
            return connections.getMetadata();
        }

        private static Connection combining(Connection connection) {
            return (Connection)
                    Proxy.newProxyInstance(
                            CombiningDriver.class.getClassLoader(),
                            new Class<?>[] {Connection.class},
                            (_, method, arguments) -> invoke(connection, method, arguments));
        }

        private static Object invoke(Connection connection, Method method, Object[] arguments)
                throws Throwable {
            Object result;
            try {
                result = method.invoke(connection, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            if (result instanceof Statement statement) {
                return CombinedInsert.of((String) arguments[0])
                        .<Statement>map(
                                insert -> new CombiningStatement(connection, statement, insert))
                        .orElse(statement);
            }
            return result;
        }
    }
}

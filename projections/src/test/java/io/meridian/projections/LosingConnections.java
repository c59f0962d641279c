package io.meridian.projections;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.R2dbcNonTransientResourceException;

import org.reactivestreams.Publisher;

import reactor.core.publisher.Mono;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;

/** Connections of which one is lost at a chosen statement, begin or commit. */
final class LosingConnections implements ConnectionFactory {
    private static final Set<String> CALLS =
            Set.of("createStatement", "beginTransaction", "commitTransaction");

    private final ConnectionFactory connections;
    private int left = Integer.MAX_VALUE;
    private boolean lost;

    LosingConnections(ConnectionFactory connections) {
        this.connections = connections;
    }

    /**
     * @param call the call at which the connection is lost, from 0
     */
    void loseAt(int call) {
        left = call;
        lost = false;
    }

    boolean hasLost() {
        return lost;
    }

    @Override
    public Publisher<? extends Connection> create() {
        return Mono.from(connections.create()).map(this::losing);
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
        return connections.getMetadata();
    }

    private Connection losing(Connection connection) {
        return (Connection)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (_, method, arguments) -> call(connection, method, arguments));
    }

    /** The server rolls back what the lost connection had not committed. */
    private Object call(Connection connection, Method method, Object[] arguments) throws Throwable {
        if (CALLS.contains(method.getName()) && left-- == 0) {
            lost = true;
            throw new R2dbcNonTransientResourceException("connection lost");
        }
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}

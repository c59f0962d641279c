package io.meridian.controlplane.demo;

import io.meridian.controlplane.OperatorException;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** A simulated Marathon with a few example services. */
final class DemoMarathon {
    private static final List<String> SERVICES =
            List.of("web.json", "api.json", "redis.json", "worker.json");

    private DemoMarathon() {}

    static SimulatedMarathon start(int port) {
        return start(port, _ -> {});
    }

    /**
     * @param before called before the services are deployed
     * @throws OperatorException if the port cannot be bound
     */
    static SimulatedMarathon start(int port, Consumer<SimulatedMarathon> before) {
        SimulatedMarathon marathon;
        try {
            marathon = SimulatedMarathon.start(SimulatedMarathonSettings.demo().withPort(port));
        } catch (UncheckedIOException refused) {
            throw new OperatorException(
                    "the simulated Marathon cannot listen on 127.0.0.1:"
                            + port
                            + ": "
                            + refused.getMessage()
                            + "; choose another with --marathon-port",
                    refused);
        }
        try {
            before.accept(marathon);
            SERVICES.forEach(file -> marathon.deploy(resource(file)));
            return marathon;
        } catch (RuntimeException failed) {
            marathon.close();
            throw failed;
        }
    }

    static String resource(String name) {
        try (InputStream in = DemoMarathon.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks the resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}

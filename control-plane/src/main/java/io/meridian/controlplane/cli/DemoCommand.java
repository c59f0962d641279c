package io.meridian.controlplane.cli;

import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.demo.Demo;
import io.meridian.controlplane.demo.DemoMesos;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * {@code meridian demo}: a cluster of one node with a simulated Marathon and Mesos, in one process.
 */
@Command(
        name = "demo",
        description =
                "Run everything on this machine with a simulated Marathon and Mesos; no root, no"
                        + " set-up.")
public final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--config",
            description = "Configuration file; default: conf/demo.conf of the program.")
    private Path file = Demo.home().resolve("conf/demo.conf");

    @Option(
            names = "--marathon-port",
            defaultValue = "8080",
            description = "Port of the simulated Marathon; default ${DEFAULT-VALUE}.")
    private int marathonPort;

    @Option(
            names = "--mesos-port",
            defaultValue = "0",
            description = "Port of the simulated Mesos master; default 5050 if it is free.")
    private int mesosPort;

    @Mixin private final Overrides overrides = new Overrides();

    @Override
    public Integer call() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("meridian.state.directory", Demo.home().resolve(".meridian/demo").toString());
        settings.putAll(overrides.values());
        settings.put("meridian.sources.marathon.urls", "http://127.0.0.1:" + marathonPort);
        int mesos = DemoMesos.port(mesosPort);
        settings.put("meridian.sources.mesos.urls", "http://127.0.0.1:" + mesos);
        Configuration configuration = Configuration.load(Optional.of(file), settings);
        return ShutdownHook.runUntilSignal(() -> Demo.start(configuration, marathonPort, mesos));
    }
}

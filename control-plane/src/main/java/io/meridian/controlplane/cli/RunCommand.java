package io.meridian.controlplane.cli;

import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.node.RunningNode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code meridian run}: runs one node until SIGTERM or SIGINT. */
@Command(name = "run", description = "Run a node with a configuration file.")
public final class RunCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, description = "Configuration file (HOCON).")
    private Path file = Path.of("");

    @Option(
            names = "-D",
            description = "Override a setting: -Dmeridian.dns.listen=127.0.0.1:5353",
            mapFallbackValue = "")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Override
    public Integer call() {
        Configuration configuration = Configuration.load(Optional.of(file), overrides);
        return ShutdownHook.runUntilSignal(() -> RunningNode.start(configuration));
    }
}

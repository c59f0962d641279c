package io.meridian.controlplane.cli;

import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.node.RunningNode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code meridian run}: runs one node until SIGTERM or SIGINT. */
@Command(name = "run", description = "Run a node with a configuration file.")
public final class RunCommand implements Callable<Integer> {
    @Option(names = "--config", required = true, description = "Configuration file (HOCON).")
    private Path file = Path.of("");

    @Mixin private final Overrides overrides = new Overrides();

    @Override
    public Integer call() {
        Configuration configuration = Configuration.load(Optional.of(file), overrides.values());
        return ShutdownHook.runUntilSignal(() -> RunningNode.start(configuration));
    }
}

package io.meridian.controlplane.cli;

import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.node.RunningNode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code meridian check}: checks a configuration file on this host and starts nothing. */
@Command(
        name = "check",
        description =
                "Check a configuration file on this host as `run` does, and start nothing. Exit"
                        + " code 0: usable; 2: one line says which setting is wrong.")
public final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "Configuration file (HOCON).")
    private Path file = Path.of("");

    @Mixin private final Overrides overrides = new Overrides();

    @Override
    public Integer call() {
        Configuration configuration = Configuration.load(Optional.of(file), overrides.values());
        System.out.println(file + " is usable: " + RunningNode.check(configuration));
        return 0;
    }
}

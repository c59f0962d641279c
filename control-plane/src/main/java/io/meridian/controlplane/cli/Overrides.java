package io.meridian.controlplane.cli;

import picocli.CommandLine.Option;

import java.util.LinkedHashMap;
import java.util.Map;

/** The options {@code -D}, which override settings of the configuration file. */
final class Overrides {
    @Option(
            names = "-D",
            paramLabel = "KEY=VALUE",
            description = "Override a setting: -Dmeridian.dns.listen=127.0.0.1:5353",
            mapFallbackValue = "")
    private Map<String, String> values = new LinkedHashMap<>();

    Map<String, String> values() {
        return values;
    }
}

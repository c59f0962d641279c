package io.meridian.controlplane.cli;

import picocli.CommandLine.Option;

import java.util.List;

/**
 * Flags of Marathon-LB that do not change the rendered text. They are accepted and not read, so
 * that the command line of a running Marathon-LB can be used as it is.
 */
final class IgnoredLbFlags {
    @Option(
            names = {
                "--command",
                "-c",
                "--max-reload-retries",
                "--reload-interval",
                "--archive-versions",
                "--lru-cache-capacity",
                "--max-backoff",
                "--syslog-socket",
                "--log-format",
                "--log-level",
                "--marathon-auth-credential-file",
                "--auth-credentials",
                "--dcos-auth-credentials",
                "--marathon-ca-cert"
            },
            hidden = true)
    List<String> values = List.of();

    @Option(
            names = {"--marathon", "-m"},
            arity = "1..*",
            hidden = true)
    List<String> marathon = List.of();

    @Option(
            names = {"--sse", "-s", "--skip-config-cleanup"},
            hidden = true)
    boolean[] switches = {};
}

package io.meridian.controlplane;

import io.meridian.controlplane.cli.CheckCommand;
import io.meridian.controlplane.cli.ClusterCommand;
import io.meridian.controlplane.cli.DemoCommand;
import io.meridian.controlplane.cli.LbCommand;
import io.meridian.controlplane.cli.NodesCommand;
import io.meridian.controlplane.cli.RunCommand;
import io.meridian.controlplane.cli.ServicesCommand;
import io.meridian.controlplane.cli.TraceCommand;
import io.meridian.controlplane.cli.VipsCommand;
import io.meridian.controlplane.cli.ZonesCommand;
import io.meridian.controlplane.config.ConfigurationException;
import io.meridian.controlplane.log.LogText;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The command line. Exit codes: 0 done or stopped cleanly, 1 failed, 2 wrong arguments or
 * configuration.
 */
@Command(
        name = "meridian",
        description = "Service discovery and load balancing for Mesos and Marathon clusters.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            CheckCommand.class,
            ClusterCommand.class,
            LbCommand.class,
            ServicesCommand.class,
            VipsCommand.class,
            ZonesCommand.class,
            NodesCommand.class,
            TraceCommand.class,
            Main.Version.class,
            Main.Help.class
        },
        versionProvider = Main.Version.class)
public final class Main {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Show this help and exit.")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "Print the version and exit.")
    boolean version;

    /** Longest message of a failure on standard error, in characters. */
    private static final int MESSAGE = 4000;

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setExecutionExceptionHandler(
                (failure, command, _) -> {
                    String message = LogText.cut(String.valueOf(failure.getMessage()), MESSAGE);
                    command.getErr()
                            .println(
                                    message.lines()
                                            .map(LogText::escaped)
                                            .collect(Collectors.joining("\n", "meridian: ", "")));
                    if (failure instanceof ConfigurationException) {
                        return CommandLine.ExitCode.USAGE;
                    }
                    if (!(failure instanceof OperatorException)) {
                        failure.printStackTrace(command.getErr());
                    }
                    return CommandLine.ExitCode.SOFTWARE;
                });
        return line;
    }

    /** {@code meridian version}. */
    @Command(name = "version", description = "Print the version.")
    static final class Version implements Runnable, CommandLine.IVersionProvider {
        @Override
        public void run() {
            System.out.println(getVersion()[0]);
        }

        @Override
        public String[] getVersion() {
            return new String[] {"meridian " + ProgramVersion.text()};
        }
    }

    /** {@code meridian help}; picocli's own help command has an option -h besides Main's. */
    @Command(name = "help", helpCommand = true, description = "Show the help of a command.")
    static final class Help implements Runnable {
        @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "Such as cluster up.")
        private List<String> path = List.of();

        @Spec private CommandSpec spec = CommandSpec.create();

        @Override
        public void run() {
            CommandLine shown = spec.parent().commandLine();
            for (String name : path) {
                CommandLine command = shown.getSubcommands().get(name);
                if (command == null) {
                    throw new ParameterException(spec.commandLine(), "no such command: " + name);
                }
                shown = command;
            }
            shown.usage(spec.commandLine().getOut());
        }
    }
}

package io.meridian.controlplane;

import io.meridian.controlplane.cli.CheckCommand;
import io.meridian.controlplane.cli.ClientCommands;
import io.meridian.controlplane.cli.ClusterCommand;
import io.meridian.controlplane.cli.DemoCommand;
import io.meridian.controlplane.cli.RunCommand;
import io.meridian.controlplane.config.ConfigurationException;

import picocli.CommandLine;
import picocli.CommandLine.Command;

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
            Main.Version.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        ClientCommands.all().forEach(command -> line.addSubcommand(new CommandLine(command)));
        line.setExecutionExceptionHandler(
                (failure, command, _) -> {
                    command.getErr().println("meridian: " + failure.getMessage());
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
    static final class Version implements Runnable {
        @Override
        public void run() {
            System.out.println("meridian " + ProgramVersion.text());
        }
    }
}

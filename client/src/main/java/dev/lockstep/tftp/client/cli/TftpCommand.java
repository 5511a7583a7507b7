package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.conform.cli.ConformCommand;
import dev.lockstep.tftp.client.internal.startup.StartupOptimizations;
import dev.lockstep.tftp.client.load.cli.LoadCommand;
import dev.lockstep.tftp.client.shell.ShellCommand;
import dev.lockstep.tftp.internal.cli.ProgramVersion;
import dev.lockstep.tftp.internal.cli.UsageMessage;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tftp}: runs a subcommand. */
@Command(
        name = "tftp",
        description = {
            "Reads and writes files by TFTP (RFC 1350, 2347, 2348, 2349, 7440).",
            "'tftp HOST' opens the shell. The command lines of tftp-hpa, atftp and busybox work, too; -r and -w alone"
                    + " stand for get and put."
        },
        mixinStandardHelpOptions = true,
        versionProvider = TftpCommand.Version.class,
        subcommands = {
            GetCommand.class,
            PutCommand.class,
            ShellCommand.class,
            LoadCommand.class,
            ConformCommand.class,
            HelloCommand.class
        },
        modelTransformer = ClientHelp.class,
        customSynopsis = {
            "tftp COMMAND [ARGUMENTS]",
            "tftp HOST [PORT]",
            "tftp HOST [PORT] -m MODE -c COMMAND",
            "tftp -g|-p -r REMOTE -l LOCAL HOST [PORT]",
            "tftp -r|-w FILE HOST [PORT]"
        },
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:success", "1:a transfer failed", "2:wrong usage"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  tftp get tftp://192.0.2.1/pxelinux.0",
            "  tftp put config tftp://192.0.2.1/",
            "  tftp 192.0.2.1",
            "  tftp get --help"
        })
public final class TftpCommand implements Runnable {
    /** Printed if there are no arguments; no line is longer than 39 columns. */
    private static final String GUIDE = """
            tftp reads and writes files by TFTP:

              tftp get tftp://HOST/FILE
              tftp put FILE tftp://HOST/
              tftp HOST                   a shell
              tftp load tftp://HOST/FILE  load test

            'tftp --help' lists all commands,
            'tftp get --help' the options of one.
            """;

    @Spec
    private CommandSpec spec;

    /** Prints the version of the program. */
    public static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {ProgramVersion.of("tftp", TftpCommand.class)};
        }
    }

    /** Runs the command and exits with its status. */
    public static void main(String[] args) {
        System.exit(execute(args));
    }

    /** Runs the command and returns its exit status. */
    public static int execute(String... given) {
        if (given.length == 0) {
            System.err.print(GUIDE);
            return CommandLine.ExitCode.USAGE;
        }
        String[] args;
        try {
            args = ClassicArguments.converted(given);
        } catch (IllegalArgumentException e) {
            System.err.println("tftp: " + e.getMessage() + " (see tftp --help)");
            return CommandLine.ExitCode.USAGE;
        }
        Object command = commandOf(args[0]);
        boolean all = command instanceof TftpCommand;
        if (!all && !(command instanceof HelloCommand)) {
            StartupOptimizations.begin();
        }
        return commandLine(command)
                .setParameterExceptionHandler((failure, arguments) -> {
                    System.err.println("tftp: " + UsageMessage.of(failure, helpOf(failure)));
                    return CommandLine.ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    System.err.println("tftp: " + failure);
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(all ? args : Arrays.copyOfRange(args, 1, args.length));
    }

    /** Returns the command whose help describes the right usage. A subcommand is parsed without its parent. */
    private static String helpOf(ParameterException failure) {
        String name = failure.getCommandLine().getCommandSpec().qualifiedName();
        return name.equals("tftp") || name.startsWith("tftp ") ? name : "tftp " + name;
    }

    /**
     * Returns the parser of a command. An argument that begins with {@code @} is taken literally, not as a file of
     * arguments.
     */
    static CommandLine commandLine(Object command) {
        return new CommandLine(command).setExpandAtFiles(false).setHelpFactory(new ClientHelp());
    }

    /**
     * Returns the command with the given name. Only that one is inspected: reflection on all commands would take as
     * long as the transfer of a small file.
     */
    static Object commandOf(String name) {
        return switch (name) {
            case "get", "pull", "-r" -> new GetCommand();
            case "put", "push", "-w" -> new PutCommand();
            case "shell" -> new ShellCommand();
            case "load" -> new LoadCommand();
            case "conform" -> new ConformCommand();
            case "hello" -> new HelloCommand();
            default -> new TftpCommand();
        };
    }

    /** Returns whether there is a command with the given name. */
    static boolean isCommand(String name) {
        return !(commandOf(name) instanceof TftpCommand);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "no command (expected: get, put, shell, load, conform or hello)");
    }
}

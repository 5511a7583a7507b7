package dev.lockstep.tftp.client.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tftp}: chooses the subcommand. */
@Command(
        name = "tftp",
        description = "Gets and puts files by TFTP (RFC 1350, 2347, 2348, 2349, 7440).",
        mixinStandardHelpOptions = true,
        versionProvider = TftpCommand.Version.class,
        subcommands = {GetCommand.class, PutCommand.class},
        footer = {
            "",
            "Exit status: 0 all done, 1 a transfer failed, 2 wrong usage.",
            "",
            "The older forms 'tftp -r FILE HOST [PORT]' and 'tftp -w FILE HOST [PORT]' are get and put."
        })
public final class TftpCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Reads the version from the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = TftpCommand.class.getPackage().getImplementationVersion();
            return new String[] {"tftp (Lockstep TFTP) " + (version == null ? "development" : version)};
        }
    }

    /** Runs the command and exits with its status. */
    public static void main(String[] args) {
        CommandLine command = new CommandLine(new TftpCommand());
        command.setParameterExceptionHandler((failure, arguments) -> {
            System.err.println("tftp: " + failure.getMessage() + " (see tftp --help)");
            return CommandLine.ExitCode.USAGE;
        });
        String[] names = withoutShortForms(args);
        if (names.length == 0 || !command.getSubcommands().containsKey(names[0])) {
            command.addSubcommand(new LoadCommand()); // a get starts sooner without its classes
        }
        System.exit(command.execute(names));
    }

    private static String[] withoutShortForms(String[] args) {
        String[] names = args.clone();
        if (names.length > 0 && names[0].equals("-r")) {
            names[0] = "get";
        } else if (names.length > 0 && names[0].equals("-w")) {
            names[0] = "put";
        }
        return names;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command (expected: get, put or load)");
    }
}

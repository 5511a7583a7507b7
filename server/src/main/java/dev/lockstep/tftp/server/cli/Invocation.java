package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.server.rules.ConfigException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Parses the command line of {@code tftpd} with its configuration file, reports errors, and runs the command. */
final class Invocation {
    private Invocation() {}

    /**
     * Returns a parser for a command. An argument that begins with {@code @} is not expanded to a file of arguments.
     */
    static CommandLine commandLine(TftpdCommand command) {
        CommandLine line = new CommandLine(command);
        line.setExpandAtFiles(false).setCaseInsensitiveEnumValuesAllowed(true);
        line.registerConverter(ByteSize.class, Invocation::byteSize);
        return line;
    }

    /** Parses a size of at least 1 byte for picocli. */
    static ByteSize byteSize(String text) {
        try {
            return ByteSize.parse(text, 1);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /**
     * Runs the daemon or a subcommand.
     *
     * @return the exit status
     */
    static int run(String[] arguments) {
        Configuration configuration;
        try {
            configuration = Configuration.of(arguments);
        } catch (ConfigException | IOException e) {
            return wrong(problemsOf(e));
        }
        CommandLine line = commandLine(new TftpdCommand(configuration));
        line.setParameterExceptionHandler((failure, given) -> wrong(List.of(configuration.located(failure))));
        line.setExecutionExceptionHandler((failure, failed, parsed) -> {
            boolean settings = failure instanceof ConfigException || failure instanceof IllegalArgumentException;
            if (settings || failure instanceof FileSystemException) {
                return wrong(problemsOf(failure));
            }
            System.err.println("tftpd: " + failure);
            return CommandLine.ExitCode.SOFTWARE;
        });
        return line.execute(configuration.arguments());
    }

    /**
     * Returns the command with its flags set.
     *
     * @throws IllegalArgumentException if a flag is invalid; the message has its place
     */
    static TftpdCommand parsed(Configuration configuration) {
        TftpdCommand command = new TftpdCommand(configuration);
        try {
            commandLine(command).parseArgs(configuration.arguments());
        } catch (ParameterException e) {
            throw new IllegalArgumentException(configuration.located(e), e);
        }
        return command;
    }

    /** Returns the messages for a failure to read a configuration. */
    static List<String> problemsOf(Exception failure) {
        if (failure instanceof ConfigException known) {
            return known.problems();
        }
        return List.of(
                failure instanceof FileSystemException file
                        ? file.getFile() + ": " + (file.getReason() == null ? "no such file" : file.getReason())
                        : failure.getMessage());
    }

    private static int wrong(List<String> problems) {
        problems.forEach(problem -> System.err.println("tftpd: " + problem));
        return CommandLine.ExitCode.USAGE;
    }
}

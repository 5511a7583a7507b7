package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.server.internal.logging.Logging;
import dev.lockstep.tftp.server.rules.ConfigException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Parses the command line of {@code tftpd} with its configuration file, reports errors, and runs the command. */
final class Invocation {
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

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
            return wrong(arguments, problemsOf(e));
        }
        String[] all = configuration.arguments();
        CommandLine line = commandLine(new TftpdCommand(configuration));
        line.setParameterExceptionHandler((failure, given) -> wrong(all, List.of(configuration.located(failure))));
        line.setExecutionExceptionHandler((failure, failed, parsed) -> {
            boolean settings = failure instanceof ConfigException || failure instanceof IllegalArgumentException;
            if (settings || failure instanceof FileSystemException) {
                return wrong(all, problemsOf(failure));
            }
            report(all, failure instanceof IOException ? problemsOf(failure) : List.of(failure.toString()));
            return CommandLine.ExitCode.SOFTWARE;
        });
        return line.execute(all);
    }

    /** Returns the command with its files in memory and all other flags at their defaults. */
    static TftpdCommand inMemory() {
        TftpdCommand command = new TftpdCommand();
        commandLine(command).parseArgs("--memory");
        return command;
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
                        ? file.getFile() + ": " + reasonOf(file)
                        : failure.getMessage());
    }

    private static String reasonOf(FileSystemException failure) {
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        return failure.getReason() == null ? "no such file" : failure.getReason();
    }

    private static int wrong(String[] arguments, List<String> problems) {
        report(arguments, problems);
        return CommandLine.ExitCode.USAGE;
    }

    /** Prints one line for each problem on standard error: plain, or as JSON if the arguments ask for a log in JSON. */
    static void report(String[] arguments, List<String> problems) {
        if (List.of(arguments).contains("--json-log")) {
            Logging.configure(false, false, true, 0);
            problems.forEach(problem -> LOG.error("{}", problem));
            Logging.flush();
        } else {
            problems.forEach(problem -> System.err.println("tftpd: " + problem));
        }
    }
}

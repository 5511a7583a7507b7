package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.internal.cli.UsageMessage;
import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.ConfigFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** A command line together with its configuration file, which adds the flags that the command line does not set. */
final class Configuration {
    static final String FLAG = "--config";
    static final String USER = "--user";
    /**
     * Flags that a file cannot set: those that do not serve files, and those that take effect before the file is read.
     */
    private static final Set<String> NO_SETTINGS = Set.of(FLAG, USER, "--help", "--version");

    /** A configuration without a file and without arguments. */
    static final Configuration NONE = new Configuration(null, new String[0]);

    private final ConfigFile file;
    private final String[] given;
    private final List<String> arguments;
    private final Set<String> fromFile = new HashSet<>();

    private Configuration(ConfigFile file, String[] given) {
        this.file = file;
        this.given = given.clone();
        this.arguments = new ArrayList<>(List.of(given));
    }

    /**
     * Parses a command line and reads its configuration file, if it names one. An invalid command line is kept as it
     * is.
     *
     * @throws IOException if the file cannot be read
     * @throws ConfigException if the file has errors
     */
    static Configuration of(String... given) throws IOException, ConfigException {
        CommandLine scratch = Invocation.commandLine(new TftpdCommand());
        ParseResult parsed;
        try {
            parsed = scratch.parseArgs(given);
        } catch (ParameterException e) {
            return new Configuration(null, given); // reported when the command line is parsed again
        }
        Path path = parsed.matchedOptionValue(FLAG, null);
        if (path == null && parsed.hasSubcommand()) {
            path = parsed.subcommand().matchedOptionValue(FLAG, null);
        }
        if (path == null) {
            return new Configuration(null, given);
        }
        Set<String> flags = new LinkedHashSet<>();
        settings(scratch.getCommandSpec())
                .forEach(option -> flags.add(option.longestName().substring(2)));
        Configuration all = new Configuration(ConfigFile.read(path, flags), given);
        all.addFlags(scratch, parsed);
        return all;
    }

    /** Returns the flags that a file can set; the key of a flag is its name without dashes. */
    private static Stream<OptionSpec> settings(CommandSpec command) {
        return command.options().stream().filter(option -> !NO_SETTINGS.contains(option.longestName()));
    }

    /** Describes the keys of the daemon's settings for the manual. */
    static final class Reference implements Supplier<Map<String, String>> {
        @Override
        public Map<String, String> get() {
            Map<String, String> terms = new TreeMap<>();
            settings(Invocation.commandLine(new TftpdCommand()).getCommandSpec())
                    .filter(option -> !option.hidden())
                    .forEach(option -> terms.put(
                            option.longestName().substring(2) + " = " + value(option),
                            String.join(" ", option.description())));
            return terms;
        }
    }

    private static String value(OptionSpec option) {
        Class<?> type = option.typeInfo().getType();
        if (option.typeInfo().isBoolean()) {
            return "true|false";
        }
        boolean text = type != ByteSize.class && !type.isPrimitive() && !Number.class.isAssignableFrom(type);
        String value = text ? "\"" + option.paramLabel() + "\"" : option.paramLabel();
        return option.isMultiValue() ? "[" + value + ", ...]" : value;
    }

    private void addFlags(CommandLine scratch, ParseResult parsed) {
        List<String> added = new ArrayList<>();
        for (Map.Entry<String, ConfigFile.Setting> setting : file.settings().entrySet()) {
            OptionSpec option = scratch.getCommandSpec().findOption("--" + setting.getKey());
            if (!isGiven(option, parsed)) {
                fromFile.add(setting.getKey());
                setting.getValue().values().forEach(value -> added.add(option.longestName() + "=" + value));
            }
        }
        arguments.addAll(0, added);
    }

    /** Returns true if the command line has a flag, or another one of its exclusive group. */
    private static boolean isGiven(OptionSpec option, ParseResult parsed) {
        if (option.group() != null && option.group().exclusive()) {
            return option.group().args().stream()
                    .anyMatch(other -> parsed.hasMatchedOption(((OptionSpec) other).longestName()));
        }
        return parsed.hasMatchedOption(option.longestName());
    }

    /** Reads the file again and returns the same command line with it. */
    Configuration again() throws IOException, ConfigException {
        return of(given);
    }

    /**
     * Returns the keys that are set differently in the two files.
     *
     * @param without keys to ignore
     */
    Set<String> differences(Configuration other, Set<String> without) {
        Set<String> keys = new TreeSet<>(file.settings().keySet());
        keys.addAll(other.file.settings().keySet());
        keys.removeAll(without);
        keys.removeIf(key -> valuesOf(key).equals(other.valuesOf(key)));
        return keys;
    }

    private List<String> valuesOf(String key) {
        ConfigFile.Setting setting = file.settings().get(key);
        return setting == null ? List.of() : setting.values();
    }

    /** Reads settings. An {@link IllegalArgumentException} reports an invalid flag. */
    interface Reader<T> {
        T read() throws IOException, ConfigException;
    }

    /** Calls the reader and adds the line of an invalid flag to its exception, if the flag is set in the file. */
    <T> T locating(Reader<T> reader) throws IOException, ConfigException {
        try {
            return reader.read();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(located(null, e.getMessage()), e);
        }
    }

    /** Returns the configuration file, or null if there is none. */
    ConfigFile file() {
        return file;
    }

    /** Returns all arguments, those of the file first. */
    String[] arguments() {
        return arguments.toArray(String[]::new);
    }

    /** Returns the message of an invalid flag, with its line if the flag is set in the file. */
    String located(ParameterException failure) {
        CommandSpec command = failure.getCommandLine().getCommandSpec();
        return failure.getArgSpec() instanceof OptionSpec option && isFromFile(option)
                ? located(option, failure.getMessage())
                : UsageMessage.of(failure, command.qualifiedName());
    }

    private boolean isFromFile(OptionSpec option) {
        return fromFile.contains(option.longestName().substring(2));
    }

    private String located(ArgSpec argument, String text) {
        String flag = argument instanceof OptionSpec option
                ? option.longestName()
                : text.substring(0, Math.max(0, text.indexOf(':')));
        String key = flag.replaceFirst("^--", "").replace(' ', '-');
        return fromFile.contains(key) ? file.place(key) + ": " + text : UsageMessage.of(text, "tftpd");
    }
}

package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.internal.cli.UsageMessage;
import dev.lockstep.tftp.internal.text.ByteSize;
import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.ConfigFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        if (option.arity().min() == 0) {
            return "true|false|" + value;
        }
        return option.isMultiValue() ? "[" + value + ", ...]" : value;
    }

    /**
     * Adds the flags of the file. If one of them is invalid, it is left out to find the next one.
     *
     * @throws ConfigException reports all errors of the file
     */
    private void addFlags(CommandLine scratch, ParseResult parsed) throws IOException, ConfigException {
        Map<String, List<String>> added = new LinkedHashMap<>();
        for (Map.Entry<String, ConfigFile.Setting> setting : file.settings().entrySet()) {
            OptionSpec option = scratch.getCommandSpec().findOption("--" + setting.getKey());
            if (!isGiven(option, parsed)) {
                List<String> words = setting.getValue().values().stream()
                        .flatMap(value -> argument(option, value).stream())
                        .toList();
                added.put(setting.getKey(), words);
            }
        }
        fromFile.addAll(added.keySet());
        for (Fault fault = faultOf(added); fault != null; fault = faultOf(added)) {
            String key = fault.key() != null ? fault.key() : suspect(added, fault);
            if (key == null) {
                break; // not in the file: reported when the command runs
            }
            file.addProblem(key, fault.text());
            added.remove(key);
        }
        if (file.hasProblems()) {
            file.rules(Invocation.inMemory().commonSettings()); // throws them with those of the rules
        }
        added.values().forEach(words -> arguments.addAll(0, words));
    }

    /**
     * The error of an invalid flag.
     *
     * @param key the key of the flag, or null if it is not known
     */
    private record Fault(String key, String text) {}

    /** Returns an error of these flags together with those of the command line, or null if there is none. */
    private Fault faultOf(Map<String, List<String>> flags) {
        List<String> all = new ArrayList<>();
        flags.values().forEach(all::addAll);
        all.addAll(List.of(given));
        TftpdCommand command = new TftpdCommand();
        try {
            Invocation.commandLine(command).parseArgs(all.toArray(String[]::new));
            command.check();
            return null;
        } catch (ParameterException e) {
            String key = e.getArgSpec() instanceof OptionSpec option
                    ? option.longestName().substring(2)
                    : null;
            return new Fault(flags.containsKey(key) ? key : null, textOf(e));
        } catch (IllegalArgumentException e) {
            return new Fault(null, e.getMessage());
        } catch (IOException e) { // a directory that cannot be read: reported when the command runs
            Map<String, List<String>> others = new LinkedHashMap<>(flags);
            return others.remove("root") == null ? null : faultOf(others);
        } catch (ConfigException e) {
            throw new IllegalStateException(e); // there is no file
        }
    }

    /** Returns the last key without which there is not the same error, or null if there is none. */
    private String suspect(Map<String, List<String>> flags, Fault fault) {
        String found = null;
        for (String key : flags.keySet()) {
            Map<String, List<String>> others = new LinkedHashMap<>(flags);
            others.remove(key);
            Fault without = faultOf(others);
            found = without == null || !without.text().equals(fault.text()) ? key : found;
        }
        return found;
    }

    /**
     * Returns a key of the file as an argument, or empty if it switches a flag off. Only a flag that needs no value has
     * true and false.
     */
    private static Optional<String> argument(OptionSpec option, String value) {
        boolean needsNone = option.arity().min() == 0;
        if (needsNone && value.equals("false")) {
            return Optional.empty();
        }
        return Optional.of(option.longestName() + (needsNone && value.equals("true") ? "" : "=" + value));
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
        } catch (IOException e) {
            String key = keyIn(e.getMessage());
            throw key == null ? e : new IOException(file.place(key) + ": " + e.getMessage(), e);
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
        if (failure.getArgSpec() instanceof OptionSpec option && keyIn(option.longestName() + ":") != null) {
            return located(option, textOf(failure));
        }
        return UsageMessage.of(
                failure, failure.getCommandLine().getCommandSpec().qualifiedName());
    }

    private static String textOf(ParameterException failure) {
        return UsageMessage.problem(failure).replaceFirst("^--(?=[\\w-]+:)", "");
    }

    private String located(ArgSpec argument, String text) {
        String key = keyIn(argument instanceof OptionSpec option ? option.longestName() + ":" : text);
        return key != null ? file.place(key) + ": " + text : UsageMessage.of(flagged(text), "tftpd");
    }

    /** Returns a message about a setting with the flag in its place, such as {@code --port-range} for "port range". */
    private static String flagged(String text) {
        String flag = "--" + text.substring(0, Math.max(0, text.indexOf(':'))).replace(' ', '-');
        boolean exists =
                Invocation.commandLine(new TftpdCommand()).getCommandSpec().findOption(flag) != null;
        return exists ? flag + text.substring(flag.length() - 2) : text;
    }

    /** Returns the key of the file that a message begins with, or null. */
    private String keyIn(String text) {
        String flag = text == null ? "" : text.substring(0, Math.max(0, text.indexOf(':')));
        String key = flag.replaceFirst("^--", "").replace(' ', '-');
        return fromFile.contains(key) ? key : null;
    }
}

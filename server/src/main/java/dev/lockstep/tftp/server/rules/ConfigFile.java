package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.internal.text.Suggestion;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/**
 * A configuration file (TOML): first a key for each flag of the daemon that it sets, then a {@code [[rule]]} table for
 * each rule.
 */
public final class ConfigFile {
    private static final String RULE = "rule";

    private final Map<String, Setting> settings = new LinkedHashMap<>();
    private final Set<String> flags;
    private final TomlParseResult toml;
    private final ConfigErrors problems;

    /**
     * A flag that is set in the file.
     *
     * @param values the values as on the command line; several for a flag that may be repeated
     * @param line the line of the key
     */
    public record Setting(List<String> values, int line) {}

    private ConfigFile(Path path, Set<String> flags, TomlParseResult toml) {
        this.flags = flags;
        this.toml = toml;
        this.problems = new ConfigErrors(path.getFileName().toString());
    }

    /**
     * Reads a file.
     *
     * @param flags names of the flags that may be set, without their dashes
     * @throws IOException if the file cannot be read
     * @throws ConfigException if the file is not TOML; {@link #rules} reports all other errors
     */
    public static ConfigFile read(Path path, Set<String> flags) throws IOException, ConfigException {
        if (Files.isDirectory(path)) {
            throw new FileSystemException(path.toString(), null, "is a directory");
        }
        ConfigFile file = new ConfigFile(path, flags, Toml.parse(path));
        for (TomlParseError error : file.toml.errors()) {
            file.problems.add(error.position().line(), error.getMessage());
        }
        file.problems.throwIfAny();
        Set<String> known = new HashSet<>(flags);
        known.add(RULE);
        for (String key : file.toml.keySet()) {
            if (!known.contains(key)) {
                file.problems.add(file.lineOf(key), key + ": unknown key" + Suggestion.hint(key, known));
            } else if (flags.contains(key)) {
                file.readSetting(key);
            }
        }
        return file;
    }

    private void readSetting(String key) {
        Object value = toml.get(List.of(key));
        List<?> all = value instanceof TomlArray array ? array.toList() : List.of(value);
        List<String> texts = new ArrayList<>();
        for (Object one : all) {
            if (one instanceof TomlTable || one instanceof TomlArray) {
                problems.add(lineOf(key), key + ": (expected: a text, a number, true, false, or an array of them)");
                return;
            }
            texts.add(one.toString());
        }
        settings.put(key, new Setting(List.copyOf(texts), lineOf(key)));
    }

    /** Returns the flags that the file sets, by name without dashes. */
    public Map<String, Setting> settings() {
        return Collections.unmodifiableMap(settings);
    }

    /**
     * Returns the place where a flag is set, such as {@code tftpd.toml line 7}.
     *
     * @param flag a name from {@link #settings}
     */
    public String place(String flag) {
        return problems.place(settings.get(flag).line());
    }

    /**
     * Adds an error of a flag.
     *
     * @param flag a name from {@link #settings}
     * @param text what is wrong; it gets the name of the flag, unless it has it already
     */
    public void addProblem(String flag, String text) {
        String begin = text.substring(0, Math.max(0, text.indexOf(':')));
        boolean isName = begin.replaceFirst("^--", "").replace(' ', '-').equals(flag);
        String rest = isName ? text.substring(begin.length()) : ": " + text;
        problems.add(settings.get(flag).line(), !isName && text.contains(flag) ? text : flag + rest);
    }

    /** Returns true if there are errors outside of the rules. */
    public boolean hasProblems() {
        return !problems.isEmpty();
    }

    /**
     * Returns the policy of this file. Opens the directories that the rules name.
     *
     * @param common the settings that apply where rules set nothing else
     * @throws ConfigException reports all errors of the file
     */
    public RulePolicy rules(CommonSettings common) throws ConfigException {
        ConfigErrors problems = this.problems.copy();
        List<Rule> rules = new ArrayList<>();
        Object written = toml.get(List.of(RULE));
        if (written instanceof TomlArray array && array.toList().stream().allMatch(TomlTable.class::isInstance)) {
            for (int i = 0; i < array.size(); i++) {
                ConfigTable section = new ConfigTable(
                        array.getTable(i), array.inputPositionOf(i).line(), problems);
                rules.add(new RuleReader(section, common, problems, i + 1).read(flags));
            }
        } else if (written != null) {
            problems.add(lineOf(RULE), "rule: (expected: [[rule]] above each rule)");
        }
        problems.throwIfAny();
        UnreachableRules.warn(rules, problems);
        return new RulePolicy(rules, RuleReader.otherwise(common), problems.warnings());
    }

    /** Returns a policy without rules. */
    public static RulePolicy noRules(CommonSettings common) {
        return new RulePolicy(List.of(), RuleReader.otherwise(common), List.of());
    }

    private int lineOf(String key) {
        return toml.inputPositionOf(List.of(key)).line();
    }
}

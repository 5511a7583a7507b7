package dev.lockstep.tftp.manpages;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** A command as completion and manual pages show it: without hidden options, with the known values of each option. */
final class CommandModel {
    private static final Pattern CHOICE = Pattern.compile("[a-z0-9-]+(\\|[a-z0-9-]+)+");
    private static final Pattern SENTENCE = Pattern.compile("(.*?)(?:\\. .*|\\.?)", Pattern.DOTALL);

    private CommandModel() {}

    static List<OptionSpec> options(CommandSpec command) {
        return command.options().stream().filter(option -> !option.hidden()).toList();
    }

    /**
     * Returns the options by the headings of their groups. The renderer of the list in the help supplies them; without
     * it, all are in one group without a heading.
     */
    @SuppressWarnings("unchecked")
    static Map<String, List<OptionSpec>> optionGroups(CommandSpec command) {
        return command.usageMessage().sectionMap().get(UsageMessageSpec.SECTION_KEY_OPTION_LIST)
                        instanceof Supplier<?> groups
                ? (Map<String, List<OptionSpec>>) groups.get()
                : Map.of("", options(command));
    }

    static List<CommandSpec> subcommands(CommandSpec command) {
        return command.subcommands().values().stream()
                .distinct()
                .map(CommandLine::getCommandSpec)
                .toList();
    }

    static boolean hasValue(OptionSpec option) {
        return option.arity().min() > 0;
    }

    /** Returns whether the option may have a value, which is then attached by an equals sign. */
    static boolean hasOptionalValue(OptionSpec option) {
        return option.arity().min() == 0 && option.arity().max() > 0;
    }

    /** Returns whether the value is a local file: its label contains FILE or DIR. */
    static boolean isFile(ArgSpec argument) {
        return argument.paramLabel().matches(".*\\b(FILE|DIR)\\b.*");
    }

    /** Returns the possible values: those of an enum, or those in a label such as {@code octet|netascii}. */
    static List<String> values(ArgSpec argument) {
        Class<?> type = argument.typeInfo().getType();
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(value -> value.toString().toLowerCase(Locale.ROOT))
                    .toList();
        }
        String label = argument.paramLabel();
        return CHOICE.matcher(label).matches() ? List.of(label.split("\\|")) : List.of();
    }

    /** Returns the values of all parameters of the command. */
    static List<String> parameterValues(CommandSpec command) {
        List<String> values = new ArrayList<>();
        command.positionalParameters().forEach(parameter -> values.addAll(values(parameter)));
        return values;
    }

    /** Returns whether a parameter of the command is a local file. */
    static boolean hasFileParameter(CommandSpec command) {
        return command.positionalParameters().stream().anyMatch(CommandModel::isFile);
    }

    /** Returns the first sentence of a description, without its full stop. */
    static String summary(String... description) {
        var matcher = SENTENCE.matcher(String.join(" ", description));
        return matcher.matches() ? matcher.group(1) : "";
    }
}

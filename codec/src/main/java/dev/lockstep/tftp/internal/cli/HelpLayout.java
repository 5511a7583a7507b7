package dev.lockstep.tftp.internal.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Prints the help of a command with its options in groups. The text is at most 79 columns wide and adapts to a narrower
 * terminal. It is the renderer of the option list; as a supplier it has the groups for the manual page.
 */
public final class HelpLayout implements IHelpSectionRenderer, Supplier<Map<String, List<OptionSpec>>> {
    private static final int MAX_WIDTH = 79;
    private static final int MIN_WIDTH = 30;
    /** From this width on descriptions are beside the terms, otherwise below them. */
    private static final int TWO_COLUMNS = 60;

    private static final int LEFT = 27;
    private static final int NARROW_LEFT = 4;
    private static final int INDENT = 2;

    private final Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();

    private HelpLayout(CommandSpec command, Map<String, List<String>> names) {
        List<OptionSpec> others = new ArrayList<>(
                command.options().stream().filter(option -> !option.hidden()).toList());
        names.forEach((heading, flags) -> {
            List<OptionSpec> options = flags.stream().map(command::findOption).toList();
            others.removeAll(options);
            groups.put(heading, options);
        });
        groups.put(names.isEmpty() ? "Options" : "Other options", others);
    }

    /**
     * Sets the layout of the help of a command.
     *
     * @param groups the names of options by the headings of their groups; options that are not named follow in a group
     *     of their own
     */
    public static void apply(CommandSpec command, Map<String, List<String>> groups) {
        Map<String, IHelpSectionRenderer> sections = command.usageMessage().sectionMap();
        sections.put(UsageMessageSpec.SECTION_KEY_DESCRIPTION, HelpLayout::description);
        sections.put(UsageMessageSpec.SECTION_KEY_PARAMETER_LIST, HelpLayout::parameters);
        sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, new HelpLayout(command, groups));
        sections.put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, HelpLayout::commands);
        sections.put(UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST, HelpLayout::exitStatus);
    }

    @Override
    public Map<String, List<OptionSpec>> get() {
        return groups;
    }

    @Override
    public String render(Help help) {
        StringBuilder text = new StringBuilder();
        groups.forEach((heading, options) -> {
            Rows rows = new Rows(help.colorScheme());
            for (OptionSpec option : options) {
                Text label = help.colorScheme()
                        .optionText(String.join(", ", option.names()))
                        .concat(help.parameterLabelRenderer()
                                .renderParameterLabel(
                                        option,
                                        help.colorScheme().ansi(),
                                        help.colorScheme().optionParamStyles()));
                rows.add(label, option.description());
            }
            text.append(String.format("%n%s:%n", heading)).append(rows);
        });
        return text.toString();
    }

    /** Holds the width, which is looked up once, and only if help is printed. */
    private static final class Terminal {
        private static final int WIDTH = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, TerminalWidth.columns() - 1));
    }

    private static String description(Help help) {
        TextTable table = TextTable.forColumns(help.colorScheme(), new Column(Terminal.WIDTH, 0, Column.Overflow.WRAP));
        for (String line : help.commandSpec().usageMessage().description()) {
            table.addRowValues(line);
        }
        return table.toString();
    }

    private static String parameters(Help help) {
        Rows rows = new Rows(help.colorScheme());
        for (PositionalParamSpec parameter : help.commandSpec().positionalParameters()) {
            if (!parameter.hidden()) {
                rows.add(help.colorScheme().parameterText(parameter.paramLabel()), parameter.description());
            }
        }
        String list = rows.toString();
        return list.isEmpty() ? list : String.format("%n") + list;
    }

    private static String commands(Help help) {
        Rows rows = new Rows(help.colorScheme());
        help.subcommands()
                .forEach((name, sub) -> rows.add(
                        help.colorScheme().commandText(name),
                        sub.commandSpec().usageMessage().description()));
        return rows.toString();
    }

    private static String exitStatus(Help help) {
        Rows rows = new Rows(help.colorScheme());
        help.commandSpec()
                .usageMessage()
                .exitCodeList()
                .forEach((status, meaning) -> rows.add(help.colorScheme().text(status.strip()), meaning));
        return rows.toString();
    }

    /** Terms with their descriptions, beside or below them. */
    private static final class Rows {
        private final int left = Terminal.WIDTH < TWO_COLUMNS ? NARROW_LEFT : LEFT;
        private final ColorScheme colors;
        private final TextTable table;

        Rows(ColorScheme colors) {
            this.colors = colors;
            this.table = TextTable.forColumns(
                    colors,
                    new Column(left, INDENT, Column.Overflow.SPAN),
                    new Column(Terminal.WIDTH - left, INDENT, Column.Overflow.WRAP));
        }

        void add(Text term, String... description) {
            Text text = colors.text(String.join(" ", description));
            if (term.plainString().length() > left - INDENT) {
                table.addRowValues(term);
                table.addRowValues(colors.text(""), text);
            } else {
                table.addRowValues(term, text);
            }
        }

        @Override
        public String toString() {
            return table.toString();
        }
    }
}

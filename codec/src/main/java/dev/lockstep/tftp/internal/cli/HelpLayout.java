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
    /** The columns of "Usage: ", and the indent of a line that continues a form of the command. */
    private static final int USAGE = 7;

    private static final int CONTINUED = USAGE + 4;

    private final Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
    /** The width of the terminal, or 0 as long as it is not known: it is looked up once, and only if help is printed. */
    private int columns;

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
        HelpLayout layout = new HelpLayout(command, groups);
        Map<String, IHelpSectionRenderer> sections = command.usageMessage().sectionMap();
        sections.put(UsageMessageSpec.SECTION_KEY_SYNOPSIS, layout::synopsis);
        sections.put(UsageMessageSpec.SECTION_KEY_DESCRIPTION, layout::description);
        sections.put(UsageMessageSpec.SECTION_KEY_PARAMETER_LIST, layout::parameters);
        sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, layout);
        sections.put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, layout::commands);
        sections.put(UsageMessageSpec.SECTION_KEY_EXIT_CODE_LIST, layout::exitStatus);
        sections.put(UsageMessageSpec.SECTION_KEY_FOOTER, layout::footer);
    }

    /**
     * Returns the layout of the help of a command.
     *
     * @throws ClassCastException if it has none
     */
    public static HelpLayout of(CommandSpec command) {
        return (HelpLayout) command.usageMessage().sectionMap().get(UsageMessageSpec.SECTION_KEY_OPTION_LIST);
    }

    /** Sets the width of the terminal in columns, instead of that of the terminal on standard error. */
    public void columns(int number) {
        columns = number;
    }

    @Override
    public Map<String, List<OptionSpec>> get() {
        return groups;
    }

    @Override
    public String render(Help help) {
        StringBuilder text = new StringBuilder();
        groups.forEach((heading, options) -> {
            Rows rows = new Rows(help.colorScheme(), width());
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

    private int width() {
        if (columns == 0) {
            columns = TerminalWidth.columns();
        }
        return Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, columns - 1));
    }

    /** Returns the forms of the command, each on a line of its own, which continues at a deeper indent. */
    private String synopsis(Help help) {
        String[] forms = help.commandSpec().usageMessage().customSynopsis();
        if (forms.length == 0) {
            return help.synopsis(USAGE);
        }
        StringBuilder text = new StringBuilder();
        int column = USAGE; // the heading is printed before the first form
        for (String form : forms) {
            text.append(" ".repeat(USAGE - column));
            column = USAGE;
            for (String word : form.strip().split(" +")) {
                if (column + word.length() > width()) {
                    text.setLength(text.length() - 1);
                    text.append(String.format("%n")).append(" ".repeat(CONTINUED));
                    column = CONTINUED;
                }
                text.append(word).append(' ');
                column += word.length() + 1;
            }
            text.setLength(text.length() - 1);
            text.append(String.format("%n"));
            column = 0;
        }
        return text.toString();
    }

    private String description(Help help) {
        StringBuilder text = new StringBuilder();
        for (String paragraph : help.commandSpec().usageMessage().description()) {
            text.append(String.format("%n%s", paragraphs(help, paragraph)));
        }
        return text.toString();
    }

    /** Returns the text below the options. A line that begins with a space, such as an example, is not wrapped. */
    private String footer(Help help) {
        return paragraphs(help, help.commandSpec().usageMessage().footer());
    }

    private String paragraphs(Help help, String... lines) {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            if (line.startsWith(" ")) {
                text.append(String.format("%s%n", line));
            } else {
                TextTable table =
                        TextTable.forColumns(help.colorScheme(), new Column(width(), 0, Column.Overflow.WRAP));
                table.indentWrappedLines = 0;
                table.addRowValues(line);
                text.append(table);
            }
        }
        return text.toString();
    }

    private String parameters(Help help) {
        Rows rows = new Rows(help.colorScheme(), width());
        for (PositionalParamSpec parameter : help.commandSpec().positionalParameters()) {
            if (!parameter.hidden()) {
                rows.add(help.colorScheme().parameterText(parameter.paramLabel()), parameter.description());
            }
        }
        String list = rows.toString();
        return list.isEmpty() ? list : String.format("%n") + list;
    }

    private String commands(Help help) {
        Rows rows = new Rows(help.colorScheme(), width());
        help.subcommands()
                .forEach((name, sub) -> rows.add(
                        help.colorScheme().commandText(name),
                        sub.commandSpec().usageMessage().description()[0]));
        return rows.toString();
    }

    private String exitStatus(Help help) {
        Rows rows = new Rows(help.colorScheme(), width());
        help.commandSpec()
                .usageMessage()
                .exitCodeList()
                .forEach((status, meaning) -> rows.add(help.colorScheme().text(status.strip()), meaning));
        return rows.toString();
    }

    /** Terms with their descriptions, beside or below them. */
    private static final class Rows {
        private final int left;
        private final int longest;
        private final ColorScheme colors;
        private final TextTable table;

        Rows(ColorScheme colors, int width) {
            this.left = width < TWO_COLUMNS ? NARROW_LEFT : LEFT;
            this.longest = width - INDENT;
            this.colors = colors;
            this.table = TextTable.forColumns(
                    colors,
                    new Column(left, INDENT, Column.Overflow.SPAN),
                    new Column(width - left, INDENT, Column.Overflow.WRAP));
        }

        void add(Text term, String... description) {
            Text text = colors.text(String.join(" ", description));
            if (term.plainString().length() > left - INDENT) {
                // a list of values is split after a bar
                int bar = term.plainString().length() > longest
                        ? term.plainString().lastIndexOf('|', longest - 1)
                        : -1;
                table.addRowValues(bar < 0 ? term : term.substring(0, bar + 1));
                if (bar >= 0) {
                    table.addRowValues(colors.text(""), term.substring(bar + 1));
                }
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

package dev.lockstep.tftp.manpages;

import static dev.lockstep.tftp.manpages.CommandModel.hasOptionalValue;
import static dev.lockstep.tftp.manpages.CommandModel.hasValue;

import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Generates the reference tables in a page of the documentation. A table is between the lines {@code <!-- generated from
 * CLASS -->} and {@code <!-- end -->}. The class is a picocli command, or a {@code Supplier<Map<String, String>>} that
 * describes terms.
 */
final class MarkdownReference {
    private static final Pattern TABLE =
            Pattern.compile("(?s)(<!-- generated from ([\\w.$]+) -->\n)(.*?)(<!-- end -->)");
    private static final Pattern MARKUP = Pattern.compile("[|*_<\\[\\]\\\\`]");

    private MarkdownReference() {}

    /** Returns the page with its tables generated anew. */
    static String generate(String page) {
        return TABLE.matcher(page)
                .replaceAll(table -> Matcher.quoteReplacement(table.group(1) + "\n"
                        + tableOf(instanceOf(table.group(2))).strip() + "\n\n" + table.group(4)));
    }

    @SuppressWarnings("unchecked")
    private static String tableOf(Object described) {
        StringBuilder table = new StringBuilder();
        if (described instanceof Supplier<?> terms) {
            table.append("| Key | Meaning |\n|---|---|\n");
            ((Map<String, String>) terms.get()).forEach((term, text) -> addRow(table, term, text));
        } else {
            CommandModel.optionGroups(new CommandLine(described).getCommandSpec())
                    .forEach((heading, options) -> {
                        table.append(heading.isEmpty() ? "" : "\n### " + heading + "\n\n");
                        table.append("| Flag | Meaning |\n|---|---|\n");
                        options.forEach(
                                option -> addRow(table, usageOf(option), String.join(" ", option.description())));
                    });
        }
        return table.toString();
    }

    private static String usageOf(OptionSpec option) {
        String value = hasOptionalValue(option) ? "[=" + option.paramLabel() + "]" : "";
        return String.join(", ", option.names()) + (hasValue(option) ? " " + option.paramLabel() : value);
    }

    private static void addRow(StringBuilder table, String term, String text) {
        table.append("| `")
                .append(term.replace("|", "\\|"))
                .append("` | ")
                .append(MARKUP.matcher(text).replaceAll("\\\\$0"))
                .append(" |\n");
    }

    /** Creates an object of a class that need not be public. */
    static Object instanceOf(String name) {
        try {
            var constructor = Class.forName(name).getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(name + " (expected: a class with a constructor without parameters)", e);
        }
    }
}

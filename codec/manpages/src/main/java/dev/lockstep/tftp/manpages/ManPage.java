package dev.lockstep.tftp.manpages;

import static dev.lockstep.tftp.manpages.CommandModel.hasOptionalValue;
import static dev.lockstep.tftp.manpages.CommandModel.hasValue;
import static dev.lockstep.tftp.manpages.CommandModel.optionGroups;
import static dev.lockstep.tftp.manpages.CommandModel.subcommands;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Generates the manual page of a command as troff with the macros of man(7): from its picocli model, followed by a
 * hand-written part. A line {@code .\" include CLASS} of that part becomes a list of the terms that the class, a
 * {@code Supplier<Map<String, String>>}, describes.
 */
final class ManPage {
    private static final String SEE_ALSO = ".SH SEE ALSO";
    private static final String INCLUDE = ".\\\" include ";

    private final StringBuilder page = new StringBuilder();
    private final CommandSpec command;
    private final String section;

    private ManPage(CommandSpec command, String section) {
        this.command = command;
        this.section = section;
    }

    /** Returns the name of the page, for example {@code tftp-get} for the command get of tftp. */
    static String nameOf(CommandSpec command) {
        return command.qualifiedName("-");
    }

    /**
     * Returns the page of a command.
     *
     * @param rest the hand-written part
     */
    static String of(CommandSpec command, String section, String rest, String version) {
        ManPage page = new ManPage(command, section);
        page.line(".TH " + escaped(nameOf(command).toUpperCase(Locale.ROOT)) + " " + section + " \"\" \"Lockstep TFTP "
                + escaped(version) + "\"");
        page.writeModel();
        page.write(rest, version);
        page.writeSeeAlso();
        return page.page.toString();
    }

    /** Returns a hand-written page. Its {@code @VERSION@} is replaced. */
    static String including(String text, String version) {
        ManPage page = new ManPage(null, "");
        page.write(text, version);
        return page.page.toString();
    }

    private void writeModel() {
        UsageMessageSpec usage = command.usageMessage();
        line(".SH NAME");
        text(nameOf(command) + " - " + CommandModel.summary(usage.description()));
        line(".SH SYNOPSIS");
        verbatim(synopsis());
        line(".SH DESCRIPTION");
        for (String sentence : usage.description()) {
            text(sentence);
        }
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            item(parameter.paramLabel(), "", parameter.description());
        }
        line(".SH OPTIONS");
        Map<String, List<OptionSpec>> groups = optionGroups(command);
        groups.forEach((heading, options) -> {
            if (groups.size() > 1) {
                line(".SS " + escaped(heading));
            }
            for (OptionSpec option : options) {
                item(
                        String.join(", ", option.names())
                                + (hasOptionalValue(option) ? "[=" + option.paramLabel() + "]" : ""),
                        hasValue(option) ? option.paramLabel() : "",
                        option.description());
            }
        });
        if (!subcommands(command).isEmpty()) {
            line(".SH COMMANDS");
            subcommands(command)
                    .forEach(sub -> item(sub.name(), "", sub.usageMessage().description()[0]));
        }
        String[] notes =
                Arrays.stream(usage.footer()).dropWhile(String::isEmpty).toArray(String[]::new);
        if (notes.length > 0) {
            line(heading(usage.footerHeading()));
            verbatim(notes);
        }
        if (!usage.exitCodeList().isEmpty()) {
            line(".SH EXIT STATUS");
            usage.exitCodeList().forEach((status, meaning) -> item(status.strip(), "", meaning));
        }
    }

    /** Returns the heading of the footer as one of a section: {@code .SH EXAMPLES} for {@code Examples:}. */
    private static String heading(String footerHeading) {
        String words = footerHeading.replace("%n", "").replace(":", "").strip();
        return ".SH " + (words.isEmpty() ? "NOTES" : escaped(words.toUpperCase(Locale.ROOT)));
    }

    private String[] synopsis() {
        String[] custom = command.usageMessage().customSynopsis();
        return custom.length > 0
                ? custom
                : new Help(command).abbreviatedSynopsis().strip().split("\n");
    }

    private void write(String part, String version) {
        part.lines().forEach(line -> {
            if (line.startsWith(INCLUDE)) {
                described(line.substring(INCLUDE.length())).forEach((term, text) -> item(term, "", text));
            } else {
                line(line.replace("@VERSION@", escaped(version)));
            }
        });
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> described(String name) {
        return ((Supplier<Map<String, String>>) MarkdownReference.instanceOf(name)).get();
    }

    /** Adds the pages of the parent and of the subcommands to those that the hand-written part may end with. */
    private void writeSeeAlso() {
        List<CommandSpec> others = new ArrayList<>(subcommands(command));
        if (command.parent() != null) {
            others.add(0, command.parent());
        }
        if (!others.isEmpty()) {
            line(page.indexOf("\n" + SEE_ALSO) < 0 ? SEE_ALSO : ",");
            text(String.join(
                    ", ",
                    others.stream()
                            .map(other -> nameOf(other) + "(" + section + ")")
                            .toList()));
        }
    }

    private void item(String term, String value, String... description) {
        line(".TP");
        line("\\fB" + escaped(term) + "\\fR" + (value.isEmpty() ? "" : " \\fI" + escaped(value) + "\\fR"));
        text(String.join(" ", description));
    }

    private void verbatim(String... lines) {
        line(".nf");
        for (String each : lines) {
            text(each);
        }
        line(".fi");
    }

    /** Adds plain text, in which no word is taken for a request of troff. */
    private void text(String words) {
        line("\\&" + escaped(words.replace("%n", "")));
    }

    private static String escaped(String words) {
        return words.replace("\\", "\\e").replace("-", "\\-");
    }

    private void line(String line) {
        page.append(line).append('\n');
    }
}

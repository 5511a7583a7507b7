package dev.lockstep.tftp.manpages;

import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Generates the manual page of a command from its picocli model, as troff with the macros of man(7). */
final class ManPage {
    private final StringBuilder page = new StringBuilder();
    private final CommandSpec command;
    private final String name;
    private final int section;

    private ManPage(CommandSpec command, int section) {
        this.command = command;
        this.section = section;
        this.name = nameOf(command);
    }

    /** Returns the name of the page, for example {@code tftp-get} for the command get of tftp. */
    static String nameOf(CommandSpec command) {
        return command.qualifiedName("-");
    }

    /** Returns the page for the given section of the manual. */
    static String of(CommandSpec command, int section) {
        ManPage page = new ManPage(command, section);
        page.write();
        return page.page.toString();
    }

    private void write() {
        UsageMessageSpec usage = command.usageMessage();
        line(".TH " + name.toUpperCase(Locale.ROOT).replace("-", "\\-") + " " + section + " \"\" \"Lockstep TFTP\"");
        line(".SH NAME");
        text(name + " - " + String.join(" ", usage.description()));
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
        for (OptionSpec option : command.options()) {
            boolean optional = option.arity().min() == 0 && option.arity().max() > 0;
            item(
                    String.join(", ", option.names()) + (optional ? "[=" + option.paramLabel() + "]" : ""),
                    option.arity().min() > 0 ? option.paramLabel() : "",
                    option.description());
        }
        writeCommands();
        if (usage.footer().length > 0) {
            line(".SH NOTES");
            verbatim(usage.footer());
        }
        writeSeeAlso();
    }

    private String[] synopsis() {
        String[] custom = command.usageMessage().customSynopsis();
        return custom.length > 0 ? custom : new String[] {command.qualifiedName() + " [OPTIONS] COMMAND"};
    }

    private void writeCommands() {
        if (!command.subcommands().isEmpty()) {
            line(".SH COMMANDS");
            command.subcommands().values().stream()
                    .distinct()
                    .map(CommandLine::getCommandSpec)
                    .forEach(sub -> item(sub.name(), "", sub.usageMessage().description()));
        }
    }

    private void writeSeeAlso() {
        CommandSpec parent = command.parent();
        if (parent != null) {
            line(".SH SEE ALSO");
            text(nameOf(parent) + "(" + section + ")");
        } else if (!command.subcommands().isEmpty()) {
            line(".SH SEE ALSO");
            command.subcommands().values().stream()
                    .distinct()
                    .forEach(sub -> text(nameOf(sub.getCommandSpec()) + "(" + section + ")"));
        }
    }

    private void item(String term, String value, String[] description) {
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
        line("\\&" + escaped(words));
    }

    private static String escaped(String words) {
        return words.replace("\\", "\\e").replace("-", "\\-");
    }

    private void line(String line) {
        page.append(line).append('\n');
    }
}

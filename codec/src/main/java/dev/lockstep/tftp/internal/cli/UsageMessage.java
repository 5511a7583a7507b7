package dev.lockstep.tftp.internal.cli;

import dev.lockstep.tftp.internal.text.Suggestion;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.MaxValuesExceededException;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Describes a wrong command line on one line: what is wrong, what was probably meant, and where the help is. */
public final class UsageMessage {
    /** Matches a message that lists all values, such as {@code --mode: octe (expected: octet or netascii)}. */
    private static final Pattern ONE_OF =
            Pattern.compile("[^ ]+: (?<value>[^ ]+) \\(expected: (?<all>[a-z\\d-]+(, [a-z\\d-]+)* or [a-z\\d-]+)\\)");

    /** Matches the name of a flag in a message. */
    private static final Pattern FLAG = Pattern.compile("(?<![\\w-])(--?[a-z\\d][a-z\\d-]*)");

    private UsageMessage() {}

    /**
     * Returns the message for a wrong command line.
     *
     * @param command the command whose help describes the right usage, for example {@code tftp get}
     */
    public static String of(ParameterException failure, String command) {
        CommandSpec spec = failure.getCommandLine().getCommandSpec();
        if (!(failure instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return of(problem(failure), command);
        }
        String argument = unmatched.getUnmatched().get(0);
        if (unmatched.isUnknownOption()) {
            String name = argument.replaceFirst("=.*", "");
            List<String> names = spec.options().stream()
                    .filter(option -> !option.hidden())
                    .flatMap(option -> List.of(option.names()).stream())
                    .toList();
            return message("unknown option: " + name, name, names, command);
        }
        Collection<String> commands = spec.subcommands().keySet();
        String problem = commands.isEmpty() ? "unexpected argument: " : "unknown command: ";
        return message(problem + argument, argument, commands, command);
    }

    /** Returns the message for a problem. If it lists the valid values, it suggests the nearest one. */
    public static String of(String problem, String command) {
        Matcher oneOf = ONE_OF.matcher(problem);
        return oneOf.matches()
                ? message(
                        problem,
                        oneOf.group("value"),
                        List.of(oneOf.group("all").split(", | or ")),
                        command)
                : message(problem, "", List.of(), command);
    }

    private static String message(String problem, String written, Collection<String> known, String command) {
        String meant = Suggestion.near(written, known)
                .map(word -> "did you mean " + word + "? ")
                .orElse("");
        return problem + " (" + meant + "see " + command + " --help)";
    }

    /** Returns what is wrong with an argument, in the style of the messages of this program. */
    public static String problem(ParameterException failure) {
        if (failure instanceof MissingParameterException missing) {
            ArgSpec first = missing.getMissing().get(0);
            return first instanceof OptionSpec
                    ? name(first) + ": no value (expected: " + name(first) + " " + first.paramLabel() + ")"
                    : "missing: "
                            + missing.getMissing().stream()
                                    .map(UsageMessage::name)
                                    .collect(Collectors.joining(" "));
        }
        if (failure instanceof OverwrittenOptionException overwritten) {
            return name(overwritten.getOverwritten()) + ": given more than once";
        }
        if (failure instanceof MutuallyExclusiveArgsException) {
            return String.join(", ", flagsIn(failure)) + ": given together (expected: one of them)";
        }
        if (failure instanceof MaxValuesExceededException && !flagsIn(failure).isEmpty()) {
            return String.join(", ", flagsIn(failure)) + ": given more than once";
        }
        ArgSpec argument = failure.getArgSpec();
        return argument == null || failure.getValue() == null
                ? failure.getMessage()
                : name(argument) + ": " + value(failure, argument);
    }

    /** Returns the flags that a message of picocli about a group shows as given. */
    private static List<String> flagsIn(ParameterException failure) {
        String text = failure.getMessage().replaceAll("\\[[^]]*]=", ""); // the synopsis of a group
        return FLAG.matcher(text)
                .results()
                .map(flag -> flag.group(1))
                .distinct()
                .toList();
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    /** Returns the value as the user has written it, and what was expected. */
    private static String value(ParameterException failure, ArgSpec argument) {
        String value = failure.getValue();
        String expected = expected(argument);
        if (expected != null) {
            return value + " (expected: " + expected + ")";
        }
        String quoted = "'" + value + "'";
        String text = failure.getMessage();
        int at = text.lastIndexOf(quoted);
        return at < 0 ? text : value + text.substring(at + quoted.length());
    }

    /** Returns what values the argument has, or null if its type does not tell. */
    private static String expected(ArgSpec argument) {
        if (argument.completionCandidates() != null) {
            String all = StreamSupport.stream(argument.completionCandidates().spliterator(), false)
                    .map(word -> word.toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
            return all.replaceFirst(", ([^,]*)$", " or $1");
        }
        Class<?> type = argument.auxiliaryTypes()[0];
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "a whole number";
        }
        return type == double.class || type == Double.class ? "a number" : null;
    }
}

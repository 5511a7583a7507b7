package dev.lockstep.tftp.client.conform;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A check of one case.
 *
 * @param <P> what the script works with
 * @param id the number of the case; with a {@code w} if another check of the case reads and this one writes
 * @param protocolCase the case
 * @param severity how binding the case is for the peer
 * @param steps what is sent, and what is expected
 * @param alone whether it runs after the others, because it may stop a server
 * @param script sends and receives; throws {@link CheckEnd} if the case does not hold
 */
public record Check<P>(
        String id, ProtocolCase protocolCase, Severity severity, String steps, boolean alone, Script<P> script) {
    private static final Pattern ID = Pattern.compile("(?i)([FP]?)0*(\\d+)(w?)");

    /** The steps of a check. */
    @FunctionalInterface
    public interface Script<P> {
        void run(P probe) throws IOException;
    }

    /** Returns a check of a server that can run beside others. */
    static Check<ServerProbe> of(String id, String steps, Script<ServerProbe> script) {
        return new Check<>(id, caseOf(id), caseOf(id).severity(), steps, false, script);
    }

    /** Returns a check of a server that runs alone. */
    static Check<ServerProbe> alone(String id, String steps, Script<ServerProbe> script) {
        return new Check<>(id, caseOf(id), caseOf(id).severity(), steps, true, script);
    }

    /** Returns a check of a client. */
    static Check<ClientProbe> client(String id, String steps, Script<ClientProbe> script) {
        return new Check<>(id, caseOf(id), caseOf(id).clientSeverity(), steps, false, script);
    }

    private static ProtocolCase caseOf(String id) {
        return Objects.requireNonNull(ProtocolCase.all().get(id.replace("w", "")), id);
    }

    /**
     * Returns the checks that an argument names: one, or all of a case.
     *
     * @param argument an ID in any case, with or without leading zeros
     * @param all the checks to choose from
     * @throws IllegalArgumentException if there is none
     */
    public static <P> List<Check<P>> named(String argument, Collection<Check<P>> all) {
        Matcher id = ID.matcher(argument);
        String plain = id.matches()
                ? id.group(1).toUpperCase(Locale.ROOT)
                        + id.group(2)
                        + id.group(3).toLowerCase(Locale.ROOT)
                : argument;
        List<Check<P>> found = all.stream()
                .filter(check ->
                        check.id.equals(plain) || check.protocolCase.id().equals(plain))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException(argument + ": no such check (expected: an ID of --list)");
        }
        return found;
    }
}

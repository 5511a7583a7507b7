package dev.lockstep.tftp.client.conform.report;

import dev.lockstep.tftp.client.conform.Check;
import dev.lockstep.tftp.client.conform.CheckResult;
import dev.lockstep.tftp.client.conform.ProtocolCase;
import dev.lockstep.tftp.client.conform.Severity;
import dev.lockstep.tftp.client.conform.Status;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Formats results as a table of text lines. */
public final class ConformTable {
    private static final String FORMAT = "%-7s %-4s %-9s %s%n";
    private static final String INDENT = "             ";
    private static final String RED = "\033[31m";
    private static final String GREEN = "\033[32m";
    private static final String YELLOW = "\033[33m";
    private static final String PLAIN = "\033[m";

    private ConformTable() {}

    /**
     * Returns one line for each check, followed by what was expected and received if it failed, and a summary.
     *
     * @param report the results
     * @param colours whether the terminal shows colours
     * @param details whether the datagrams of failed checks are included
     * @return the lines, each with a line separator
     */
    public static String of(ConformReport report, boolean colours, boolean details) {
        StringBuilder text = new StringBuilder();
        for (CheckResult result : report.results()) {
            ProtocolCase protocolCase = result.check().protocolCase();
            String line = String.format(
                    Locale.ROOT,
                    FORMAT,
                    word(result.status()),
                    result.check().id(),
                    result.severity(),
                    protocolCase.text());
            text.append(colours ? colour(result.status()) + line.substring(0, 7) + PLAIN + line.substring(7) : line);
            if (!result.detail().isEmpty()) {
                text.append(INDENT).append(result.detail()).append(System.lineSeparator());
            }
            if (result.status() == Status.FAILED) {
                text.append(INDENT)
                        .append(protocolCase.clause())
                        .append(": ")
                        .append(result.check().steps());
                text.append(System.lineSeparator());
                if (details) {
                    result.transcript()
                            .forEach(entry -> text.append(INDENT).append(entry).append(System.lineSeparator()));
                }
            }
        }
        return text.append(report.summary()).append(System.lineSeparator()).toString();
    }

    private static String word(Status status) {
        return switch (status) {
            case PASSED -> "ok";
            case FAILED -> "FAILED";
            case SKIPPED -> "skipped";
        };
    }

    private static String colour(Status status) {
        return switch (status) {
            case PASSED -> GREEN;
            case FAILED -> RED;
            case SKIPPED -> YELLOW;
        };
    }

    /**
     * Returns an explanation of checks, and of the cases that have none.
     *
     * @param checks the checks
     * @param missing returns the reason why a case has no check; empty if it has one
     * @return the lines, each with a line separator
     */
    public static String list(List<? extends Check<?>> checks, Function<ProtocolCase, String> missing) {
        StringBuilder text = new StringBuilder();
        for (ProtocolCase protocolCase : ProtocolCase.all().values()) {
            List<? extends Check<?>> own = checks.stream()
                    .filter(check -> check.protocolCase() == protocolCase)
                    .toList();
            own.forEach(check -> entry(text, check.id(), check.severity(), protocolCase, check.steps()));
            String reason = missing.apply(protocolCase);
            if (own.isEmpty() && !reason.isEmpty()) {
                entry(text, protocolCase.id(), protocolCase.severity(), protocolCase, "(not checked: " + reason + ")");
            }
        }
        return text.toString();
    }

    private static void entry(
            StringBuilder text, String id, Severity severity, ProtocolCase protocolCase, String steps) {
        text.append(String.format(
                Locale.ROOT,
                "%-4s %-9s %s [%s]%n               %s%n",
                id,
                severity,
                protocolCase.text(),
                protocolCase.clause(),
                steps));
    }
}

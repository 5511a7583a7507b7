package dev.lockstep.tftp.client.load.cli;

import dev.lockstep.tftp.client.load.FailCondition;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.report.LoadJson;
import dev.lockstep.tftp.client.load.report.LoadPage;
import dev.lockstep.tftp.client.load.report.LoadReport;
import dev.lockstep.tftp.client.load.report.LoadTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The flags for the report of a load test, of one run or merged. */
final class ReportOptions {
    private static final Path STANDARD_OUTPUT = Path.of("-");
    private static final Pattern PLAIN_WORD = Pattern.compile("[\\w@%+=:,./-]+");

    @Option(
            names = "--fail-if",
            paramLabel = "CONDITION",
            description =
                    "Exit with status 1 if this holds, such as 'p99>200ms', 'first-byte-max>1s', 'failures>1%%' or 'rate<100'"
                            + " (times: min, mean, p50, p90, p95, p99, p99.9, max; default: any failure); may be repeated.")
    private List<String> failIf = List.of();

    @Option(
            names = "--title",
            paramLabel = "TEXT",
            description = "Title of the result, such as the name and the settings of the server.")
    private String title = "";

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the result as JSON; - is standard output, and the table goes to standard error.")
    private Path json;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write the result as an HTML page with charts; - is standard output.")
    private Path html;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print errors only.")
    private boolean quiet;

    /** Returns whether only errors are printed. */
    boolean quiet() {
        return quiet;
    }

    /** Returns the title, or an empty text. */
    String title() {
        return title;
    }

    /**
     * Validates the conditions, and that the files can be written.
     *
     * @throws IllegalArgumentException for an invalid flag; the message contains its value and what was expected
     */
    void validate() {
        requireWritable("--json", json);
        requireWritable("--html", html);
        if (STANDARD_OUTPUT.equals(json) && STANDARD_OUTPUT.equals(html)) {
            throw new IllegalArgumentException("--html: - (expected: a file, with --json -)");
        }
        conditions();
    }

    /**
     * Returns the conditions under which the load test fails.
     *
     * @throws IllegalArgumentException for an invalid one
     */
    List<FailCondition> conditions() {
        try {
            return failIf.stream().map(FailCondition::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--fail-if: " + e.getMessage(), e);
        }
    }

    /** Returns the command as it can be repeated in a shell. */
    static String command(CommandSpec spec) {
        CommandSpec first = spec.parent() == null ? spec : spec.parent();
        return "tftp load "
                + first.commandLine().getParseResult().originalArgs().stream()
                        .map(word -> PLAIN_WORD.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'")
                        .collect(Collectors.joining(" "));
    }

    /** Prints and writes the report. Returns whether the load test was successful and the files are written. */
    boolean print(LoadReport report) {
        if (quiet) {
            printErrors(report);
        } else {
            boolean isTaken = STANDARD_OUTPUT.equals(json) || STANDARD_OUTPUT.equals(html);
            (isTaken ? System.err : System.out).print(LoadTable.of(report));
        }
        boolean written = json == null || write(json, LoadJson.of(report) + System.lineSeparator());
        return (html == null || write(html, LoadPage.of(report))) && written && report.isSuccessful();
    }

    private static void printErrors(LoadReport report) {
        LoadResult result = report.result();
        if (!report.missing().isEmpty()) {
            System.err.println("tftp: missing: " + report.describeMissing());
        }
        if (result.failed() > 0) {
            System.err.println("tftp: " + result.failed() + " of " + result.transfers() + " transfers failed");
        }
        if (result.notStarted() > 0) {
            System.err.println("tftp: " + result.notStarted() + " transfers not started"
                    + result.notStartedReason().map(reason -> ": " + reason).orElse(""));
        }
        for (FailCondition condition : report.violated()) {
            System.err.println(
                    "tftp: --fail-if " + condition.text() + ": " + condition.describe(condition.valueIn(result)));
        }
    }

    private static boolean write(Path file, String text) {
        if (STANDARD_OUTPUT.equals(file)) {
            System.out.print(text);
            if (System.out.checkError()) {
                System.err.println("tftp: standard output: cannot be written");
                return false;
            }
            return true;
        }
        try {
            Files.writeString(file, text);
            return true;
        } catch (IOException e) {
            System.err.println("tftp: " + file + ": cannot be written: " + e.getMessage());
            return false;
        }
    }

    private static void requireWritable(String flag, Path file) {
        if (file == null || STANDARD_OUTPUT.equals(file)) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null || !Files.isWritable(Files.exists(file) ? file : folder)) {
            throw new IllegalArgumentException(flag + ": " + file + " (expected: a file that can be written)");
        }
    }
}

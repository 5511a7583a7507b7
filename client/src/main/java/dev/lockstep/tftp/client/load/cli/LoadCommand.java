package dev.lockstep.tftp.client.load.cli;

import dev.lockstep.tftp.client.cli.InterruptHook;
import dev.lockstep.tftp.client.cli.TftpCommand;
import dev.lockstep.tftp.client.load.ClientWarmUp;
import dev.lockstep.tftp.client.load.FailCondition;
import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.LoadRun;
import dev.lockstep.tftp.client.load.report.LoadJson;
import dev.lockstep.tftp.client.load.report.LoadPage;
import dev.lockstep.tftp.client.load.report.LoadReport;
import dev.lockstep.tftp.client.load.report.LoadTable;
import dev.lockstep.tftp.client.load.report.Machine;
import dev.lockstep.tftp.internal.transport.BatchScheduling;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tftp load}: runs many concurrent transfers and verifies each byte. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        versionProvider = TftpCommand.Version.class,
        sortOptions = false,
        description = {
            "Runs many concurrent transfers against a server and verifies each byte.",
            "By default (closed workload model) each of --concurrency clients starts its next transfer when its last one"
                    + " has ended. With --rate (open workload model) transfers start at that rate, and latency counts from"
                    + " the time at which a transfer should have started.",
            "Before the clock starts, transfers within this process load and compile the code (half a second to 3"
                    + " seconds). An interrupt ends the load test and reports what was measured."
        },
        customSynopsis = "tftp load [OPTIONS] URI[@WEIGHT]...",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tftp load tftp://192.0.2.1/grub.efi",
            "  tftp load -n 5000 -c 200 \\",
            "      tftp://192.0.2.1/grub.efi",
            "  tftp load --rate 200 -d 60 \\",
            "      --profile ipxe --html load.html \\",
            "      tftp://192.0.2.1/ipxe.efi",
            "  tftp load --fail-if 'p99>200ms' \\",
            "      tftp://192.0.2.1/grub.efi"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all transfers complete and correct",
            "1:a transfer failed, was not started, or a condition of --fail-if holds",
            "2:wrong usage"
        })
public final class LoadCommand implements Callable<Integer> {
    private static final int LAST_PORT = 65535;
    private static final Path STANDARD_OUTPUT = Path.of("-");
    private static final Pattern PLAIN_WORD = Pattern.compile("[\\w@%+=:,./-]+");

    @Spec
    private CommandSpec spec;

    @Mixin
    private LoadOptions load;

    @Mixin
    private LoadClientOptions client;

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
            names = "--http",
            paramLabel = "PORT",
            description =
                    "Serve the numbers of the running load test by HTTP on this port of 127.0.0.1, as /metrics, /api/progress"
                            + " and /events; 0 takes a free one.")
    private Integer http;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print errors only.")
    private boolean quiet;

    @Option(
            names = "--batch-scheduling",
            description =
                    "Run under the batch policy of the Linux scheduler, for a server on the same cores; needs chrt.")
    private boolean batchScheduling;

    @Override
    public Integer call() throws InterruptedException {
        LoadRun run;
        LoadPlan plan;
        List<FailCondition> conditions;
        try {
            if (http != null && (http < 0 || http > LAST_PORT)) {
                throw new IllegalArgumentException("--http: " + http + " (expected: 0 to " + LAST_PORT + ")");
            }
            requireWritable("--json", json);
            requireWritable("--html", html);
            if (STANDARD_OUTPUT.equals(json) && STANDARD_OUTPUT.equals(html)) {
                throw new IllegalArgumentException("--html: - (expected: a file, with --json -)");
            }
            conditions = conditions();
            plan = load.plan(client.profile(), client.mode());
            run = new LoadRun(plan, client.settings());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        } catch (UnknownHostException e) {
            System.err.println("tftp: " + e.getMessage() + ": unknown host");
            return 1;
        }
        if (batchScheduling && !isBatchScheduled()) {
            return 1;
        }
        InterruptHook hook = new InterruptHook(run::stop); // an interrupt prints the result so far
        try (hook;
                LoadPort port = http == null ? null : LoadPort.start(http, run)) {
            if (port != null && !quiet) {
                System.err.println("HTTP port " + port.number() + " on 127.0.0.1");
            }
            ClientWarmUp.run(plan);
            Instant begin = Instant.now();
            LoadProgressLine line = LoadProgressLine.onTerminal(quiet, load.transfers());
            LoadResult result = run.run(line);
            line.clear();
            String version = new TftpCommand.Version().getVersion()[0];
            LoadReport report =
                    new LoadReport(title, result, command(), version, begin, Machine.describe(), conditions);
            return print(report) && report.isSuccessful() ? 0 : 1;
        } catch (IOException e) {
            System.err.println("tftp: --http: " + e.getMessage());
            return 1;
        }
    }

    private List<FailCondition> conditions() {
        try {
            return failIf.stream().map(FailCondition::parse).toList();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--fail-if: " + e.getMessage(), e);
        }
    }

    /** Returns the command as it can be repeated in a shell. */
    private String command() {
        return "tftp load "
                + spec.commandLine().getParseResult().originalArgs().stream()
                        .map(word -> PLAIN_WORD.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'")
                        .collect(Collectors.joining(" "));
    }

    private static boolean isBatchScheduled() {
        try {
            BatchScheduling.apply();
            return true;
        } catch (IOException e) {
            System.err.println("tftp: --batch-scheduling: " + e.getMessage());
            return false;
        }
    }

    private boolean print(LoadReport report) {
        LoadResult result = report.result();
        if (!quiet) {
            boolean isTaken = STANDARD_OUTPUT.equals(json) || STANDARD_OUTPUT.equals(html);
            (isTaken ? System.err : System.out).print(LoadTable.of(report));
        } else {
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
        boolean written = json == null || write(json, LoadJson.of(report) + System.lineSeparator());
        return (html == null || write(html, LoadPage.of(report))) && written;
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

    /** Validates that the file can be written, before the load test starts. */
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

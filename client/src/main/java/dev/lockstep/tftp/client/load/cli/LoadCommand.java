package dev.lockstep.tftp.client.load.cli;

import dev.lockstep.tftp.client.cli.InterruptHook;
import dev.lockstep.tftp.client.cli.TftpCommand;
import dev.lockstep.tftp.client.load.ClientWarmUp;
import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.LoadRun;
import dev.lockstep.tftp.client.load.report.LoadReport;
import dev.lockstep.tftp.client.load.report.Machine;
import dev.lockstep.tftp.internal.transport.BatchScheduling;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
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
        customSynopsis = {"tftp load [OPTIONS] URI[@WEIGHT]...", "tftp load merge [OPTIONS] FILE..."},
        subcommands = MergeCommand.class,
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  tftp load tftp://192.0.2.1/grub.efi",
            "  tftp load -n 5000 -c 200 \\",
            "      tftp://192.0.2.1/grub.efi",
            "  tftp load --rate 200 -d 60 \\",
            "      --profile ipxe --html load.html \\",
            "      tftp://192.0.2.1/ipxe.efi",
            "  tftp load --fail-if 'p99>200ms' \\",
            "      tftp://192.0.2.1/grub.efi",
            "  tftp load --shard 1/4 \\",
            "      --start-at 2026-12-01T09:30:00Z \\",
            "      --json shard-1.json \\",
            "      tftp://192.0.2.1/grub.efi",
            "  tftp load merge --html load.html \\",
            "      shard-1.json shard-2.json"
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all transfers complete and correct",
            "1:a transfer failed, was not started, or a condition of --fail-if holds",
            "2:wrong usage"
        })
public final class LoadCommand implements Callable<Integer> {
    private static final int LAST_PORT = 65535;
    private static final double NANOS = 1e9;

    @Spec
    private CommandSpec spec;

    @Mixin
    private LoadOptions load;

    @Mixin
    private LoadClientOptions client;

    @Mixin
    private ReportOptions reports;

    @Option(
            names = "--http",
            paramLabel = "PORT",
            description =
                    "Serve the numbers of the running load test by HTTP on this port of 127.0.0.1, as /metrics, /api/progress"
                            + " and /events; 0 takes a free one.")
    private Integer http;

    @Option(
            names = "--batch-scheduling",
            description =
                    "Run under the batch policy of the Linux scheduler, for a server on the same cores; needs chrt.")
    private boolean batchScheduling;

    @Override
    public Integer call() throws InterruptedException {
        LoadRun run;
        LoadPlan plan;
        Instant start;
        try {
            if (http != null && (http < 0 || http > LAST_PORT)) {
                throw new IllegalArgumentException("--http: " + http + " (expected: 0 to " + LAST_PORT + ")");
            }
            reports.validate();
            plan = load.plan(client.profile(), client.mode());
            start = load.start();
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
            if (port != null && !reports.quiet()) {
                System.err.println("HTTP port " + port.number() + " on 127.0.0.1");
            }
            ClientWarmUp.run(plan);
            if (start != null) {
                awaitStart(run, start);
            }
            Instant begin = Instant.now();
            LoadProgressLine line = LoadProgressLine.onTerminal(reports.quiet(), load.transfers());
            LoadResult result = run.run(line);
            line.clear();
            return reports.print(new LoadReport(
                            reports.title(),
                            result,
                            ReportOptions.command(spec),
                            new TftpCommand.Version().getVersion()[0],
                            begin,
                            Machine.describe(),
                            reports.conditions(),
                            List.of()))
                    ? 0
                    : 1;
        } catch (IOException e) {
            System.err.println("tftp: --http: " + e.getMessage());
            return 1;
        }
    }

    private void awaitStart(LoadRun run, Instant start) throws InterruptedException {
        double left = Duration.between(Instant.now(), start).toNanos() / NANOS;
        if (!reports.quiet()) {
            String text = left < 0 ? "begins %.1f s late, after %s%n" : "begins in %.1f s, at %s%n";
            System.err.printf(Locale.ROOT, text, Math.abs(left), start);
        }
        run.awaitStart(start);
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
}

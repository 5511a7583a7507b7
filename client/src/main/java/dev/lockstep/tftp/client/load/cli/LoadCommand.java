package dev.lockstep.tftp.client.load.cli;

import dev.lockstep.tftp.client.cli.InterruptHook;
import dev.lockstep.tftp.client.cli.TftpCommand;
import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.LoadRun;
import dev.lockstep.tftp.client.load.report.LoadJson;
import dev.lockstep.tftp.client.load.report.LoadPage;
import dev.lockstep.tftp.client.load.report.LoadTable;
import dev.lockstep.tftp.internal.transport.BatchScheduling;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        description = "Runs many concurrent transfers against a server and verifies each byte.",
        customSynopsis = "tftp load [OPTIONS] tftp://HOST[:PORT]/PATH[@WEIGHT]...",
        footer = {
            "",
            "In a closed loop (the default) each of --concurrency clients starts its next transfer when its previous one",
            "has ended. With --rate (an open loop) transfers start at that rate, independent of the server, and latency",
            "is measured from the scheduled start of a transfer."
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:all transfers complete and correct", "1:a transfer failed", "2:wrong usage"})
public final class LoadCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private LoadOptions load;

    @Mixin
    private LoadClientOptions client;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result as JSON.")
    private Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the result as an HTML page with charts.")
    private Path html;

    @Option(names = "--quiet", description = "Print errors only.")
    private boolean quiet;

    @Option(
            names = "--batch-scheduling",
            description =
                    "Run under the batch policy of the Linux scheduler, for a server on the same cores. Needs chrt.")
    private boolean batchScheduling;

    @Override
    public Integer call() throws InterruptedException {
        LoadRun run;
        try {
            requireWritable("--json", json);
            requireWritable("--html", html);
            run = new LoadRun(load.plan(client.profile(), client.mode()), client.settings());
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
        try (hook) {
            LoadProgressLine line = LoadProgressLine.onTerminal(quiet, load.transfers());
            LoadResult result = run.run(line);
            line.clear();
            return report(result) && result.isSuccessful() ? 0 : 1;
        }
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

    private boolean report(LoadResult result) {
        if (!quiet) {
            System.out.print(LoadTable.of(result));
        } else if (!result.isSuccessful()) {
            System.err.println("tftp: " + result.failed() + " of " + result.transfers() + " transfers failed");
        }
        boolean written = json == null || write(json, LoadJson.of(result));
        return (html == null || write(html, LoadPage.of(result))) && written;
    }

    private static boolean write(Path file, String text) {
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
        if (file == null) {
            return;
        }
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || folder == null || !Files.isWritable(Files.exists(file) ? file : folder)) {
            throw new IllegalArgumentException(flag + ": " + file + " (expected: a file that can be written)");
        }
    }
}

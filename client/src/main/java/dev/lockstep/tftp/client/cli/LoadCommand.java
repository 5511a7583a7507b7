package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.load.LoadResult;
import dev.lockstep.tftp.client.load.LoadRun;
import dev.lockstep.tftp.client.load.report.LoadJson;
import dev.lockstep.tftp.client.load.report.LoadPage;
import dev.lockstep.tftp.client.load.report.LoadTable;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tftp load}: many clients at once, every byte checked. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        versionProvider = TftpCommand.Version.class,
        sortOptions = false,
        description = "Loads a server with many transfers at once and checks every byte.",
        customSynopsis = "tftp load [OPTIONS] tftp://HOST[:PORT]/PATH[@WEIGHT]...",
        footer = {
            "",
            "In a closed loop (the default) each of --concurrency clients starts its next transfer when its last one",
            "has ended. With --rate transfers start at that rate whatever the server does, and latency counts from",
            "the moment a transfer should have started.",
            "",
            "Exit status: 0 all transfers came whole and right, 1 one did not, 2 wrong usage."
        })
final class LoadCommand implements Callable<Integer> {
    private static final long LAST_WORDS_SECONDS = 5;

    @Spec
    private CommandSpec spec;

    @Mixin
    private LoadOptions load;

    @Mixin
    private LoadClientOptions client;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result as JSON.")
    private Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the result as a page with charts.")
    private Path html;

    @Option(names = "--quiet", description = "Print errors only.")
    private boolean quiet;

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
        CountDownLatch told = new CountDownLatch(1);
        Thread onInterrupt = new Thread(() -> stop(run, told), "tftp-stop");
        Runtime.getRuntime().addShutdownHook(onInterrupt); // the figures so far are worth having
        try {
            LoadProgressLine line = LoadProgressLine.onTerminal(quiet, load.transfers());
            LoadResult result = run.run(line);
            line.clear();
            return tell(result) && result.allWell() ? 0 : 1;
        } finally {
            told.countDown();
        }
    }

    private static void stop(LoadRun run, CountDownLatch told) {
        run.stop();
        try {
            told.await(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean tell(LoadResult result) {
        if (!quiet) {
            System.out.print(LoadTable.of(result));
        } else if (!result.allWell()) {
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

    /** Before an hour of load, not after it. */
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

package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.codec.TransferMode;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What getting and putting have in common: a client, its transfers, their report, and the exit status. */
@Command(mixinStandardHelpOptions = true, versionProvider = TftpCommand.Version.class, sortOptions = false)
abstract class TransferCommand implements Callable<Integer> {
    private static final long LAST_WORDS_SECONDS = 5;

    @Spec
    private CommandSpec spec;

    @Mixin
    private TransferOptions options;

    /**
     * The transfers the arguments ask for.
     *
     * @throws IllegalArgumentException for arguments that make no sense, with the value and what was expected
     */
    abstract List<Batch.Job> jobs(TransferMode mode, String sha256);

    /** Whether files are written to standard output, so that nothing else may be. */
    abstract boolean usesStandardOutput();

    @Override
    public final Integer call() throws InterruptedException {
        List<Batch.Job> jobs;
        Report report;
        int parallel;
        TftpClient client;
        try {
            jobs = jobs(options.mode(), options.sha256());
            report = options.report(usesStandardOutput());
            parallel = options.parallel();
            client = options.newClient();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try (client;
                TransferProgressBar progress = options.progress(usesStandardOutput())) {
            Batch batch = new Batch(client, report, progress, parallel);
            CountDownLatch over = new CountDownLatch(1);
            Thread onInterrupt = new Thread(() -> stop(batch, client, over), "tftp-stop");
            Runtime.getRuntime().addShutdownHook(onInterrupt);
            try {
                return batch.run(jobs);
            } finally {
                over.countDown();
            }
        }
    }

    /** Leaves no temporary file behind: not of a transfer that runs, nor of one that is just being started. */
    private static void stop(Batch batch, TftpClient client, CountDownLatch over) {
        batch.stop();
        client.close();
        try {
            over.await(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

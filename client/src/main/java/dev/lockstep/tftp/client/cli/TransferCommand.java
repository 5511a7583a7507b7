package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The common part of get and put: creates a client, runs the transfers, reports them, and returns the exit status. */
@Command(
        mixinStandardHelpOptions = true,
        versionProvider = TftpCommand.Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:all transfers complete", "1:a transfer failed", "2:wrong usage"})
abstract class TransferCommand implements Callable<Integer> {
    /** The name of standard input and standard output. */
    static final String STANDARD_STREAM = "-";

    @Spec
    private CommandSpec spec;

    @Mixin
    private TransferOptions options;

    /**
     * Returns the transfers that the arguments describe.
     *
     * @throws IllegalArgumentException for invalid arguments; the message contains the value and what was expected
     */
    abstract List<Batch.Job> jobs(TransferMode mode, String sha256);

    /** Returns whether content is written to standard output, so that no other output may be. */
    abstract boolean usesStandardOutput();

    /** Ends a read that waits for the user or another program. */
    @ThreadSafe
    void stopReading() {}

    @Override
    public final Integer call() throws InterruptedException {
        List<Batch.Job> jobs;
        Report report;
        int parallel;
        int retries;
        TftpClient client;
        try {
            jobs = jobs(options.mode(), options.sha256());
            if (jobs.size() > 1 && options.sha256() != null) {
                throw new IllegalArgumentException("--sha256: with " + jobs.size() + " files (expected: one file)");
            }
            report = options.report(usesStandardOutput());
            parallel = options.parallel();
            retries = options.retries();
            client = options.newClient();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        try (client;
                TransferProgressBar progress = options.progress(usesStandardOutput(), jobs.size())) {
            Batch batch = new Batch(client, report, progress, parallel, Retries.of(retries));
            InterruptHook hook = new InterruptHook(() -> stop(batch, client));
            try (hook) {
                int status = batch.run(jobs);
                return report.isWritten() ? status : Integer.valueOf(CommandLine.ExitCode.SOFTWARE);
            }
        }
    }

    /** Cancels all transfers. Those that are being started are cancelled, too. */
    private void stop(Batch batch, TftpClient client) {
        batch.stop();
        stopReading();
        client.close();
    }
}

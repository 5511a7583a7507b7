package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.codec.TransferMode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What getting and putting have in common: a client, its transfers, their report, and the exit status. */
@Command(mixinStandardHelpOptions = true, versionProvider = TftpCommand.Version.class, sortOptions = false)
abstract class TransferCommand implements Callable<Integer> {
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
        Progress progress = options.progress(usesStandardOutput());
        try {
            jobs = jobs(options.mode(), options.sha256());
            report = options.report(usesStandardOutput());
            parallel = options.parallel();
            client = options.newClient(progress);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        Thread onInterrupt = new Thread(client::close, "tftp-stop");
        Runtime.getRuntime().addShutdownHook(onInterrupt); // leaves no temporary file behind
        try (client) {
            return new Batch(client, report, progress, parallel).run(jobs);
        }
    }
}

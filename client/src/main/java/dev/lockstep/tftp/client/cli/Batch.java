package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.client.TransferResult;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** Runs the transfers of one command, several concurrently, and reports each one when it ends. */
final class Batch {
    /** Starts a transfer. */
    @FunctionalInterface
    interface Start {
        /**
         * Opens the local file and starts the transfer.
         *
         * @throws TftpException if the local file cannot be opened
         */
        CompletableFuture<TransferResult> on(TftpClient client, TransferRequest request) throws TftpException;
    }

    /**
     * A transfer of the batch.
     *
     * @param operation the name of the operation for the report
     * @param local the name of the local file
     * @param remote the file on the server
     */
    record Job(String operation, String local, RemoteFile remote, Start start) {}

    private record Ended(Job job, TransferResult result, Throwable failure) {}

    private final TftpClient client;
    private final Report report;
    private final TransferProgressBar progress;
    private final int parallel;
    private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    private volatile boolean stopped;

    Batch(TftpClient client, Report report, TransferProgressBar progress, int parallel) {
        this.client = client;
        this.report = report;
        this.progress = progress;
        this.parallel = parallel;
    }

    /** Runs all transfers and returns the exit status: 0 if all succeeded, 1 otherwise. */
    int run(List<Job> jobs) throws InterruptedException {
        Queue<Job> waiting = new ArrayDeque<>(jobs);
        int running = 0;
        boolean failed = false;
        boolean lossy = false;
        while (running > 0 || !waiting.isEmpty()) {
            if (stopped) {
                waiting.clear();
            }
            if (running < parallel && !waiting.isEmpty()) {
                start(waiting.remove());
                running++;
            } else {
                Ended end = ended.take();
                running--;
                failed |= end.failure != null;
                lossy |= end.result != null
                        && end.result.stats().duplicates() + end.result.stats().resends() > 0;
                report(end);
            }
        }
        progress.close();
        if (lossy) {
            client.dally(); // on a lossy path the last ACK may be lost, too
        }
        return failed ? 1 : 0;
    }

    /** Starts no more transfers. */
    @ThreadSafe
    void stop() {
        stopped = true;
    }

    private void start(Job job) {
        try {
            TransferRequest request = TransferRequest.of(job.remote()).observedBy(progress.transfer());
            job.start()
                    .on(client, request)
                    .whenComplete((result, failure) -> ended.add(new Ended(job, result, failure)));
        } catch (TftpException e) {
            ended.add(new Ended(job, null, e));
        }
    }

    private void report(Ended end) {
        Job job = end.job;
        progress.ended(() -> {
            if (end.failure == null) {
                report.done(job.operation(), job.local(), end.result);
            } else {
                report.failed(job.operation(), job.local(), job.remote(), end.failure);
            }
        });
    }
}

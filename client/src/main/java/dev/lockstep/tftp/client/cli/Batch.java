package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.client.TransferResult;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

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

    private static final TftpException INTERRUPTED = new TftpException(ErrorCode.NOT_DEFINED, "interrupted");

    /**
     * The end of an attempt.
     *
     * @param shown shows the progress of all attempts
     * @param number the number of the attempt, from 1
     * @param begun whether data may have been transferred
     */
    private record Ended(
            Job job, TransferListener shown, int number, boolean begun, TransferResult result, Throwable failure) {}

    private final TftpClient client;
    private final Report report;
    private final TransferProgressBar progress;
    private final int parallel;
    private final Retries retries;
    private final BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    /** Failed attempts that another one will follow after a pause. */
    private final Set<Ended> pausing = ConcurrentHashMap.newKeySet();

    private volatile boolean stopped;

    Batch(TftpClient client, Report report, TransferProgressBar progress, int parallel, Retries retries) {
        this.client = client;
        this.report = report;
        this.progress = progress;
        this.parallel = parallel;
        this.retries = retries;
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
                start(waiting.remove(), progress.transfer(), 1);
                running++;
            } else {
                Ended end = ended.take();
                if (isToBeRepeated(end)) {
                    repeat(end);
                    continue;
                }
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
        pausing.forEach(this::endPause);
    }

    private void start(Job job, TransferListener shown, int number) {
        AtomicBoolean begun = new AtomicBoolean();
        TransferListener listener = TransferListener.all(List.of(shown, event -> noteBegin(event, begun)));
        try {
            TransferRequest request = TransferRequest.of(job.remote()).observedBy(listener);
            job.start()
                    .on(client, request)
                    .whenComplete((result, failure) ->
                            ended.add(new Ended(job, shown, number, begun.get(), result, failure)));
        } catch (TftpException e) {
            ended.add(new Ended(job, shown, number, false, null, e));
        }
    }

    private static void noteBegin(TransferEvent event, AtomicBoolean begun) {
        if (event instanceof TransferEvent.Started) {
            begun.set(true);
        }
    }

    /** Returns whether another attempt follows. What was read from or written to a standard stream is gone. */
    private boolean isToBeRepeated(Ended end) {
        boolean isGone = end.begun && end.job.local().equals(TransferCommand.STANDARD_STREAM);
        return end.failure != null && !stopped && !isGone && retries.isWorthwhile(end.failure, end.number);
    }

    private void repeat(Ended end) {
        Job job = end.job;
        Duration pause = retries.pause(end.number);
        progress.pause(() -> report.repeated(job.remote(), end.failure, pause));
        pausing.add(end);
        retries.scheduler()
                .accept(
                        () -> {
                            if (pausing.remove(end)) {
                                start(job, end.shown, end.number + 1);
                            }
                        },
                        pause);
        if (stopped) {
            endPause(end);
        }
    }

    private void endPause(Ended end) {
        if (pausing.remove(end)) {
            ended.add(end);
        }
    }

    private void report(Ended end) {
        Job job = end.job;
        progress.ended(() -> {
            if (end.failure == null) {
                report.done(job.operation(), job.local(), end.result);
            } else {
                report.failed(job.operation(), job.local(), job.remote(), stopped ? INTERRUPTED : end.failure);
            }
        });
    }
}

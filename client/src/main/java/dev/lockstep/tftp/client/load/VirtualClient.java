package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.event.TransferStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A transfer of a load, as a single client would run it. Sends the request, verifies the content, and records the
 * result in the metrics.
 */
final class VirtualClient implements TransferListener {
    private final TftpClient client;
    private final RemoteFile remote;
    private final Optional<FirmwareProfile> profile;
    private final long intended;
    private final LoadMetrics metrics;
    private final int target;
    private TransferStats stats;
    private long counted;
    private boolean sent;

    /**
     * Creates a transfer of the given file.
     *
     * @param intended the scheduled start in nanoseconds
     * @param target the index of the file's target
     * @param metrics receives the result
     */
    VirtualClient(
            TftpClient client,
            RemoteFile remote,
            Optional<FirmwareProfile> profile,
            long intended,
            int target,
            LoadMetrics metrics) {
        this.client = client;
        this.remote = remote;
        this.profile = profile;
        this.intended = intended;
        this.target = target;
        this.metrics = metrics;
    }

    /**
     * Reads the file and compares it with the expected content.
     *
     * @param number the number of the transfer
     * @param ended called after the result is recorded
     */
    void get(long number, ExpectedContent content, LoadScheduler.Ended ended) {
        VerifyingSink sink = new VerifyingSink(content);
        List<CompletableFuture<?>> aborted = new ArrayList<>();
        CompletableFuture<?> begun = profile.flatMap(FirmwareProfile::probeOptions)
                .<CompletableFuture<?>>map(probe ->
                        pause(client.probeAsync(request(Optional.of(probe))), FirmwareProfile.AFTER_PROBE_MILLIS))
                .orElseGet(() -> CompletableFuture.completedFuture(null));
        Optional<Options> options = profile.map(FirmwareProfile::getOptions);
        for (int left = profile.map(firmware -> firmware.abortedRequests(number))
                        .orElse(0);
                left > 0;
                left--) {
            begun = pause(
                    begun.thenRun(() -> aborted.add(getAndAbort(options, content))),
                    FirmwareProfile.AFTER_ABORTED_MILLIS);
        }
        begun.thenCompose(none -> client.getAsync(request(options), sink)).whenComplete((result, failure) -> {
            aborted.forEach(each -> each.cancel(false));
            recordResult(failure, sink.wrong(), ended);
        });
    }

    /** Starts a transfer that ends with ERROR 0 as soon as the server has begun to send the file. */
    private CompletableFuture<?> getAndAbort(Optional<Options> options, ExpectedContent content) {
        CompletableFuture<Void> started = new CompletableFuture<>();
        TransferListener listener = event -> {
            if (event instanceof TransferEvent.Started) {
                started.complete(null);
            }
        };
        CompletableFuture<?> transfer =
                client.getAsync(new TransferRequest(remote, options, listener), new VerifyingSink(content));
        started.thenRun(() -> transfer.cancel(false));
        return transfer;
    }

    private static CompletableFuture<?> pause(CompletableFuture<?> before, long millis) {
        Executor delayed = CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, Runnable::run);
        return before.thenRunAsync(() -> {}, delayed);
    }

    /** Writes a file of the given size in bytes. {@code ended} is called after the result is recorded. */
    void put(long size, LoadScheduler.Ended ended) {
        client.putAsync(new PatternSource(size), request(profile.map(firmware -> firmware.putOptions(size))))
                .whenComplete((result, failure) -> recordResult(failure, null, ended));
    }

    private TransferRequest request(Optional<Options> options) {
        return new TransferRequest(remote, options, this);
    }

    private void recordResult(Throwable failure, String wrong, LoadScheduler.Ended ended) {
        long latency = System.nanoTime() - intended;
        if (failure != null && !sent) {
            metrics.notStarted(failure);
            ended.notStarted();
            return;
        }
        if (wrong != null) {
            metrics.wrongContent(target, remote.filename(), wrong);
        } else if (failure != null) {
            metrics.failed(target, remote.filename(), failure);
        } else {
            long afterFirstByte = stats.elapsed(0) - stats.firstByteAfter();
            metrics.complete(target, latency, stats.firstByteAfter() < 0 ? -1 : Math.max(0, latency - afterFirstByte));
        }
        ended.run();
    }

    @Override
    public void on(TransferEvent event) {
        sent |= !(event instanceof TransferEvent.Requested); // which is sent once there is a socket
        if (event instanceof TransferEvent.Started started) {
            GrantedOptions options = new GrantedOptions(
                    started.settings().blksize(), started.settings().windowsize());
            metrics.granted.computeIfAbsent(options, first -> new LongAdder()).increment();
        } else if (event instanceof TransferEvent.Progressed progressed) {
            count(progressed.stats());
        } else if (event instanceof TransferEvent.Ended end) {
            stats = end.stats();
            count(stats);
            metrics.resends.add(stats.resends());
            metrics.duplicates.add(stats.duplicates());
        } else if (event instanceof TransferEvent.RequestRepeated) {
            metrics.resends.increment();
        }
    }

    private void count(TransferStats now) {
        metrics.bytes.add(now.bytes() - counted);
        metrics.targets.get(target).bytes.add(now.bytes() - counted);
        counted = now.bytes();
    }
}

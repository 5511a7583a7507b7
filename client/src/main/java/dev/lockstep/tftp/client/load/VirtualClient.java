package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.transfer.TransferEvent;
import dev.lockstep.tftp.transfer.TransferListener;
import dev.lockstep.tftp.transfer.TransferStats;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** One transfer of a load, as one client would make it: asks, moves, checks, and tells the tally once. */
final class VirtualClient implements TransferListener {
    private static final Executor AFTER_PROBE =
            CompletableFuture.delayedExecutor(FirmwareProfile.AFTER_PROBE_MILLIS, TimeUnit.MILLISECONDS, Runnable::run);

    private final TftpClient client;
    private final RemoteFile remote;
    private final Optional<FirmwareProfile> profile;
    private final long intended;
    private final LoadMetrics tally;
    private TransferStats stats;
    private long counted;

    /** Of that file, meant to begin at that moment. */
    VirtualClient(
            TftpClient client, RemoteFile remote, Optional<FirmwareProfile> profile, long intended, LoadMetrics tally) {
        this.client = client;
        this.remote = remote;
        this.profile = profile;
        this.intended = intended;
        this.tally = tally;
    }

    /** Reads the file and compares it; {@code ended} runs when that is told. */
    void get(ExpectedContent reference, Runnable ended) {
        VerifyingSink sink = new VerifyingSink(reference);
        Optional<Options> probe = profile.flatMap(FirmwareProfile::probeOptions);
        CompletableFuture<?> moved = probe.isEmpty()
                ? client.get(request(profile.map(FirmwareProfile::getOptions)), sink)
                : client.probe(request(probe))
                        .thenComposeAsync(
                                size -> client.get(request(profile.map(FirmwareProfile::getOptions)), sink),
                                AFTER_PROBE);
        moved.whenComplete((result, failure) -> tell(failure, sink.wrong(), ended));
    }

    /** Writes a file of that size. */
    void put(long size, Runnable ended) {
        client.put(request(profile.map(firmware -> firmware.putOptions(size))), new PatternSource(size))
                .whenComplete((result, failure) -> tell(failure, null, ended));
    }

    private TransferRequest request(Optional<Options> options) {
        return new TransferRequest(remote, options, this);
    }

    private void tell(Throwable failure, String wrong, Runnable ended) {
        long latency = System.nanoTime() - intended;
        if (wrong != null) {
            tally.wrongContent(remote.filename(), wrong);
        } else if (failure != null) {
            tally.failed(failure instanceof CompletionException ? failure.getCause() : failure);
        } else {
            long afterFirstByte = stats.elapsed(0) - stats.firstByteAfter();
            tally.complete(latency, stats.firstByteAfter() < 0 ? -1 : Math.max(0, latency - afterFirstByte));
        }
        ended.run();
    }

    @Override
    public void on(TransferEvent event) {
        if (event instanceof TransferEvent.Progressed progressed) {
            count(progressed.stats());
        } else if (event instanceof TransferEvent.Ended end) {
            stats = end.stats();
            count(stats);
            tally.resends.add(stats.resends());
            tally.duplicates.add(stats.duplicates());
        } else if (event instanceof TransferEvent.RequestRepeated) {
            tally.resends.increment();
        }
    }

    private void count(TransferStats now) {
        tally.bytes.add(now.bytes() - counted);
        counted = now.bytes();
    }
}

package dev.lockstep.tftp.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.BlackHole;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.TransferEvent;
import dev.lockstep.tftp.transfer.TransferEvent.Ended;
import dev.lockstep.tftp.transfer.TransferListener;
import dev.lockstep.tftp.transfer.TransferStats;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Remembers clients to and from whom large blocks vanish while small datagrams pass: their next requests are granted
 * blocks that every path carries. At once, and not step by step: each step would be one more
 * attempt that the client waits through in vain, and most firmware has one or two. Safe on any thread.
 *
 * <p>Only who has shown that it is there is remembered, or anybody could slow down others in their name.
 */
final class NarrowPaths implements TransferListener {
    private static final int SAFE = BlackHole.SAFE_BLKSIZE;
    private static final int MOST = 10_000;
    /** When it is time to try larger datagrams again (RFC 1191, section 6.3). */
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);
    /** Enough for some resends: a client that leaves sooner has changed its mind. */
    private static final long IN_VAIN = TimeUnit.SECONDS.toNanos(2);

    private final Cache<InetAddress, Boolean> clients;

    NarrowPaths(Ticker ticker) {
        clients = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(FORGOTTEN)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public void on(TransferEvent event) {
        if (event instanceof Ended ended
                && BlackHole.isSuspected(ended.settings(), ended.stats())
                && hasWaitedInVain(ended)) {
            clients.put(ended.peer().getAddress(), true);
        }
    }

    private static boolean hasWaitedInVain(Ended ended) {
        TransferStats stats = ended.stats();
        TftpException cause = ended.cause();
        boolean took = stats.firstByteAfter() >= 0; // our first block left, so our OACK was answered
        boolean spoke = cause.isFromPeer() && !cause.is(ErrorCode.OPTION_REFUSED); // of an upload that never began
        return (took || spoke) && stats.elapsed(0) - Math.max(0, stats.firstByteAfter()) >= IN_VAIN;
    }

    /** The same policy, with small blocks for these clients. */
    RequestPolicy narrowing(RequestPolicy policy) {
        return (request, peer) -> {
            Treatment treatment = policy.treat(request, peer);
            return clients.getIfPresent(peer.getAddress()) != null
                            && treatment.limits().blksize() > SAFE
                    ? treatment.withLimits(treatment.limits().withBlksize(SAFE))
                    : treatment;
        };
    }
}

package dev.lockstep.tftp.server;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.transfer.Outcome;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import dev.lockstep.tftp.transfer.TransferEvent;
import dev.lockstep.tftp.transfer.TransferEvent.Ended;
import dev.lockstep.tftp.transfer.TransferEvent.PmtuBlackHoleFound;
import dev.lockstep.tftp.transfer.TransferEvent.Progressed;
import dev.lockstep.tftp.transfer.TransferListener;
import dev.lockstep.tftp.transfer.TransferSettings;
import dev.lockstep.tftp.transfer.TransferStats;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Finds clients to whom large blocks vanish while small datagrams pass (RFC 2923, section 2.1): their next requests are
 * granted blocks that every path carries. At once, and not step by step: each step would be one more attempt that the
 * client waits through in vain. Safe on any thread.
 *
 * <p>The only evidence is silence after the client has acknowledged the options: a client that sends an ERROR has received
 * something, or has changed its mind. One address may be a whole site behind NAT, and a machine that is switched off is
 * silent, too, so one silent transfer changes nothing. It takes a second one of that address, and no large block may have
 * been acknowledged from there for ten minutes.
 */
final class PmtuBlackHoleCache implements TransferListener {
    private static final int SAFE = PmtuBlackHole.SAFE_BLKSIZE;
    private static final int MOST = 10_000;
    /** When it is time to try larger datagrams again (RFC 1191, section 6.3). */
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);
    /** Enough for some resends: a client that leaves sooner has changed its mind. */
    private static final long IN_VAIN = TimeUnit.SECONDS.toNanos(2);

    /** What is known of the path to an address. */
    private enum Path {
        /** Large blocks were acknowledged. */
        WIDE,
        /** One transfer of large blocks was silent. */
        SUSPECTED,
        /** So was the next one. */
        NARROW
    }

    private final Cache<InetAddress, Path> paths;
    private final TransferListener listener;

    /** Knows nothing yet; tells the listener of each {@link PmtuBlackHoleFound}. */
    PmtuBlackHoleCache(Ticker ticker, TransferListener listener) {
        this.listener = listener;
        this.paths = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(FORGOTTEN)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public void on(TransferEvent event) {
        if (event instanceof Progressed progressed) {
            onBlocks(progressed.peer(), progressed.request(), progressed.settings(), progressed.stats());
        } else if (event instanceof Ended ended) {
            onBlocks(ended.peer(), ended.request(), ended.settings(), ended.stats());
            if (isSilent(ended)) {
                onTimeout(ended);
            }
        }
    }

    private void onBlocks(InetSocketAddress peer, Request request, TransferSettings settings, TransferStats stats) {
        boolean largePassed = request instanceof ReadRequest && settings.blksize() > SAFE && stats.bytes() > SAFE;
        if (largePassed && paths.getIfPresent(peer.getAddress()) != Path.WIDE) {
            paths.put(peer.getAddress(), Path.WIDE);
        }
    }

    private void onTimeout(Ended ended) {
        InetAddress address = ended.peer().getAddress();
        boolean isSecond = paths.asMap().putIfAbsent(address, Path.SUSPECTED) == Path.SUSPECTED;
        if (isSecond && paths.asMap().replace(address, Path.SUSPECTED, Path.NARROW)) {
            listener.on(new PmtuBlackHoleFound(ended.peer(), ended.request(), FORGOTTEN));
        }
    }

    /** A client that asks anew from the same port has given up as well. */
    private static boolean isSilent(Ended ended) {
        TransferStats stats = ended.stats();
        boolean isSilence = ended.cause() != null && (ended.cause().isTimeout() || ended.outcome() == Outcome.REPLACED);
        boolean tookOptions = stats.firstByteAfter() >= 0; // the first block was sent, so the OACK was acknowledged
        return isSilence
                && tookOptions
                && ended.request() instanceof ReadRequest
                && PmtuBlackHole.isSuspected(ended.settings(), stats)
                && stats.elapsed(0) - stats.firstByteAfter() >= IN_VAIN;
    }

    /** The same policy, with small blocks for these clients. */
    RequestPolicy narrowing(RequestPolicy policy) {
        return (request, peer) -> {
            RequestSettings requestSettings = policy.resolve(request, peer);
            boolean narrow =
                    requestSettings.limits().blksize() > SAFE && paths.getIfPresent(peer.getAddress()) == Path.NARROW;
            return narrow ? requestSettings.afterBlackHole() : requestSettings;
        };
    }
}

package dev.lockstep.tftp.server.internal.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferEvent.Ended;
import dev.lockstep.tftp.event.TransferEvent.PmtuBlackHoleFound;
import dev.lockstep.tftp.event.TransferEvent.Progressed;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.event.TransferStats;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.server.RequestPolicy;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Detects PMTU black holes: paths on which large blocks are lost while small datagrams pass (RFC 2923, section 2.1).
 * The next requests of such a client are granted blocks that every path carries. The block size is not reduced step by
 * step, since each step would cost the client another failed attempt.
 *
 * <p>The only evidence is silence after the client has acknowledged the options. A client that sends an ERROR has
 * received a datagram, or has cancelled its request. One address may be a whole site behind NAT, and a machine that is
 * switched off is silent, too, so one silent transfer has no effect. It takes a second one of the same address, and no
 * large block acknowledged from there for ten minutes.
 */
@ThreadSafe
public final class PmtuBlackHoleCache implements TransferListener {
    private static final int SAFE = PmtuBlackHole.SAFE_BLKSIZE;
    private static final int MAX_ADDRESSES = 10_000;
    /** Time after which larger datagrams are tried again (RFC 1191, section 6.3). */
    private static final Duration EXPIRY = Duration.ofMinutes(10);
    /** Time for some retransmissions, in nanoseconds. A client that ends sooner has cancelled its request. */
    private static final long MIN_SILENCE = TimeUnit.SECONDS.toNanos(2);

    /** The state of the path to an address. */
    private enum Path {
        /** Large blocks were acknowledged. */
        PASSES_LARGE_BLOCKS,
        /** A transfer with large blocks timed out. */
        SUSPECTED,
        /** Two transfers with large blocks timed out in succession. */
        BLACK_HOLE
    }

    private final Cache<InetAddress, Path> paths;
    private final TransferListener listener;

    /**
     * Creates an empty cache.
     *
     * @param listener is told of each {@link PmtuBlackHoleFound}
     */
    public PmtuBlackHoleCache(Ticker ticker, TransferListener listener) {
        this.listener = listener;
        this.paths = Caffeine.newBuilder()
                .maximumSize(MAX_ADDRESSES)
                .expireAfterWrite(EXPIRY)
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
        if (largePassed && paths.getIfPresent(peer.getAddress()) != Path.PASSES_LARGE_BLOCKS) {
            paths.put(peer.getAddress(), Path.PASSES_LARGE_BLOCKS);
        }
    }

    private void onTimeout(Ended ended) {
        InetAddress address = ended.peer().getAddress();
        boolean isSecond = paths.asMap().putIfAbsent(address, Path.SUSPECTED) == Path.SUSPECTED;
        if (isSecond && paths.asMap().replace(address, Path.SUSPECTED, Path.BLACK_HOLE)) {
            listener.on(new PmtuBlackHoleFound(ended.transferId(), ended.peer(), ended.request(), EXPIRY));
        }
    }

    /**
     * Returns true if a transfer ended because the client stopped replying. A new request from the same port counts as
     * that, too.
     */
    private static boolean isSilent(Ended ended) {
        TransferStats stats = ended.stats();
        boolean isSilence = ended.cause() != null && (ended.cause().isTimeout() || ended.outcome() == Outcome.REPLACED);
        boolean tookOptions = stats.firstByteAfter() >= 0; // the first block was sent, so the OACK was acknowledged
        return isSilence
                && tookOptions
                && ended.request() instanceof ReadRequest
                && PmtuBlackHole.isSuspected(ended.settings(), stats)
                && stats.elapsed(0) - stats.firstByteAfter() >= MIN_SILENCE;
    }

    /**
     * Returns a policy that grants small blocks to clients behind a PMTU black hole, and is the given one otherwise.
     */
    public RequestPolicy withSmallBlocks(RequestPolicy policy) {
        return policy.adjusted((requestSettings, peer) -> {
            boolean isBlackHole = requestSettings.limits().blksize() > SAFE
                    && paths.getIfPresent(peer.getAddress()) == Path.BLACK_HOLE;
            return isBlackHole ? requestSettings.afterBlackHole() : requestSettings;
        });
    }
}

package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.internal.channel.DeadlineTimer;
import dev.lockstep.tftp.io.RateLimiter;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Limits the rate at which an outgoing file supplies blocks. Retransmissions do not count, because the sender holds
 * those blocks itself.
 */
final class RateLimitedOutgoingFile implements OutgoingFile {
    /**
     * The shortest wait. With shorter ones each block would be sent on its own. The rate limiter makes up for waits
     * that are longer than needed.
     */
    private static final long MIN_WAIT = TimeUnit.MILLISECONDS.toNanos(2);

    private final OutgoingFile file;
    private final int blksize;
    private final RateLimiter rateLimiter;
    private final EventExecutor loop;
    private final DeadlineTimer timer;
    private boolean reserved;
    private long turn;

    RateLimitedOutgoingFile(OutgoingFile file, int blksize, RateLimiter rateLimiter, EventExecutor loop, Owner owner) {
        this.file = file;
        this.blksize = blksize;
        this.rateLimiter = rateLimiter;
        this.loop = loop;
        this.timer = new DeadlineTimer(loop, owner::ready);
    }

    @Override
    public void start() {
        file.start();
    }

    @Override
    public ByteBuf poll() {
        long now = loop.ticker().nanoTime();
        if (!reserved) {
            reserved = true;
            turn = rateLimiter.reserve(blksize, now);
        }
        if (turn - now > 0) {
            timer.moveTo(now + Math.max(MIN_WAIT, turn - now));
            return null;
        }
        ByteBuf block = file.poll();
        reserved = block == null;
        return block;
    }

    @Override
    public long pendingTime(long now) {
        return file.pendingTime(now);
    }

    @Override
    public void close(Runnable closed) {
        timer.cancel();
        file.close(closed);
    }
}

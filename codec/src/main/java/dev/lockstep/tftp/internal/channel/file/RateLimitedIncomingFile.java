package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.internal.channel.DeadlineTimer;
import dev.lockstep.tftp.io.RateLimiter;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;

/** Limits the rate at which an incoming file has room: the ACK that would request more is deferred. */
final class RateLimitedIncomingFile implements IncomingFile {
    private final IncomingFile file;
    private final RateLimiter rateLimiter;
    private final EventExecutor loop;
    private final DeadlineTimer timer;
    private long turn;

    RateLimitedIncomingFile(IncomingFile file, RateLimiter rateLimiter, EventExecutor loop, Owner owner) {
        this.file = file;
        this.rateLimiter = rateLimiter;
        this.loop = loop;
        this.timer = new DeadlineTimer(loop, owner::ready);
        this.turn = now();
    }

    @Override
    public void offer(ByteBuf block) {
        turn = rateLimiter.reserve(block.readableBytes(), now());
        file.offer(block);
    }

    @Override
    public boolean requestRoom() {
        if (!file.requestRoom()) {
            return false;
        }
        if (turn - now() > 0) {
            timer.moveTo(turn);
            return false;
        }
        return true;
    }

    @Override
    public void commit() {
        file.commit();
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

    private long now() {
        return loop.ticker().nanoTime();
    }
}

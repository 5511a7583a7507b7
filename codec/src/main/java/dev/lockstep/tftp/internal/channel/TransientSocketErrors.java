package dev.lockstep.tftp.internal.channel;

import dev.lockstep.tftp.concurrent.EventLoop;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Handles socket errors that do no harm, because one of the two ends retransmits. */
public final class TransientSocketErrors {
    private static final long PAUSE_MILLIS = 20;

    private TransientSocketErrors() {}

    /**
     * Handles an error if it is only a datagram that could not be sent, or for which there was no memory when it was
     * received. If memory is short, pauses reading for {@value #PAUSE_MILLIS} ms, in which memory may be released.
     *
     * @return false for any other error
     */
    @EventLoop
    public static boolean tryHandle(Throwable cause, ChannelHandlerContext ctx) {
        if (cause instanceof OutOfMemoryError && ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(false);
            Runnable readAgain = () -> ctx.channel().config().setAutoRead(true);
            ctx.executor().schedule(readAgain, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
        return cause instanceof OutOfMemoryError || cause instanceof IOException;
    }
}

package dev.lockstep.tftp.channel;

import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** What a socket may fail at without harm: the other end sends again, or we do. */
public final class TransientSocketErrors {
    private static final long PAUSE_MILLIS = 20;

    private TransientSocketErrors() {}

    /**
     * Whether that is no more than a datagram that could not be sent, or had no memory to be read into; then the socket
     * is not read for a moment, in which there may be some again. On the event loop.
     */
    public static boolean is(Throwable cause, ChannelHandlerContext ctx) {
        if (cause instanceof OutOfMemoryError && ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(false);
            Runnable readAgain = () -> ctx.channel().config().setAutoRead(true);
            ctx.executor().schedule(readAgain, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
        return cause instanceof OutOfMemoryError || cause instanceof IOException;
    }
}

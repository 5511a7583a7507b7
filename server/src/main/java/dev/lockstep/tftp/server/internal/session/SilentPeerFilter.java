package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;

/**
 * Drops the ERROR to a peer that has been silent, on a replica. Another replica may serve the peer by now, from the same
 * address and port: the ERROR would end that transfer.
 */
public final class SilentPeerFilter extends ChannelOutboundHandlerAdapter {
    /** Time without progress after which a peer counts as silent, in nanoseconds. */
    private static final long SILENCE = TimeUnit.SECONDS.toNanos(1);

    private final ServerTransfer transfer;

    public SilentPeerFilter(ServerTransfer transfer) {
        this.transfer = transfer;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof ErrorMessage
                && transfer.idleTime(ctx.executor().ticker().nanoTime()) >= SILENCE) {
            promise.trySuccess();
        } else {
            ctx.write(msg, promise);
        }
    }
}

package dev.lockstep.tftp.client.load.impairment;

import dev.lockstep.tftp.event.PacketTap;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Applies network impairment to the datagrams of a channel. It is placed next to the socket and decides about each
 * datagram independently. Datagrams that were written before the channel is closed are still sent.
 */
public final class ImpairedChannelHandler extends ChannelDuplexHandler {
    /** An odd number without a pattern, which makes the seeds of consecutive channels unrelated. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final LinkImpairment impairment;
    private final long seed;
    private ImpairedDirection in;
    private ImpairedDirection out;
    private ChannelPromise closing;

    ImpairedChannelHandler(LinkImpairment impairment, long seed) {
        this.impairment = impairment;
        this.seed = seed;
    }

    /**
     * Returns a tap whose channels, counted in the order in which they are opened, have the same impairment in each
     * run.
     */
    public static PacketTap with(LinkImpairment impairment) {
        AtomicLong channels = new AtomicLong();
        return (peer, request) ->
                new ImpairedChannelHandler(impairment, impairment.seed() + SPREAD * channels.getAndIncrement());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        in = new ImpairedDirection(impairment, seed, ctx.executor(), (packet, late) -> {
            ctx.fireChannelRead(packet);
            if (late) {
                ctx.fireChannelReadComplete();
            }
        });
        out = new ImpairedDirection(impairment, ~seed, ctx.executor(), (packet, late) -> {
            if (late) {
                ctx.writeAndFlush(packet, ctx.voidPromise());
                closeIfIdle(ctx);
            } else {
                ctx.write(packet, ctx.voidPromise());
            }
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof DatagramPacket packet) {
            in.pass(packet);
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof DatagramPacket packet) {
            out.pass(packet);
            promise.trySuccess(); // for the sender the datagram is sent, even if it is dropped here
        } else {
            ctx.write(msg, promise);
        }
    }

    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (closing == null) {
            closing = promise;
            closeIfIdle(ctx);
        } else {
            ctx.close(promise);
        }
    }

    private void closeIfIdle(ChannelHandlerContext ctx) {
        if (closing != null && out.isEmpty()) {
            ctx.close(closing);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        in.clear();
        out.clear();
    }
}

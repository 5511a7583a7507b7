package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.channel.PacketTap;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DatagramPacket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes a good link a bad one: stands next to the socket and judges each datagram alone. What was sent before the
 * channel is closed still leaves.
 */
final class ImpairedChannelHandler extends ChannelDuplexHandler {
    /** An odd number far from any pattern: neighbouring channels get seeds that have nothing in common. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final LinkImpairment faults;
    private final long seed;
    private ImpairedDirection in;
    private ImpairedDirection out;
    private ChannelPromise closing;

    ImpairedChannelHandler(LinkImpairment faults, long seed) {
        this.faults = faults;
        this.seed = seed;
    }

    /** A tap whose channels, counted in the order they are opened, have the same faults in every run. */
    static PacketTap with(LinkImpairment faults) {
        AtomicLong channels = new AtomicLong();
        return (peer, request) ->
                new ImpairedChannelHandler(faults, faults.seed() + SPREAD * channels.getAndIncrement());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        in = new ImpairedDirection(faults, seed, ctx.executor(), (packet, late) -> {
            ctx.fireChannelRead(packet);
            if (late) {
                ctx.fireChannelReadComplete();
            }
        });
        out = new ImpairedDirection(faults, ~seed, ctx.executor(), (packet, late) -> {
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
            promise.trySuccess(); // gone as far as the sender can know
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

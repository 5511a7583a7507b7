package dev.lockstep.tftp.internal.impairment;

import dev.lockstep.tftp.event.PacketTap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Applies network impairment to the datagrams of a channel. It is placed next to the socket and decides about each
 * datagram independently. Datagrams that were written before the channel is closed are still sent.
 */
public class ImpairedChannelHandler extends ChannelDuplexHandler {
    /** An odd number without a pattern, which makes the seeds of consecutive channels unrelated. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private final DatagramImpairment inbound;
    private final DatagramImpairment outbound;
    private ImpairedDirection in;
    private ImpairedDirection out;
    private ChannelPromise closing;

    /**
     * Creates a handler for one channel.
     *
     * @param inbound decides about the received datagrams
     * @param outbound decides about the sent datagrams
     */
    public ImpairedChannelHandler(DatagramImpairment inbound, DatagramImpairment outbound) {
        this.inbound = inbound;
        this.outbound = outbound;
    }

    /**
     * Returns a tap whose channels, counted in the order in which they are opened, have the same impairment in each
     * run.
     */
    public static PacketTap with(LinkImpairment impairment) {
        AtomicLong channels = new AtomicLong();
        return (peer, request) -> with(impairment, channels.getAndIncrement());
    }

    /**
     * Returns a handler for one of several channels.
     *
     * @param number the number of the channel, which its impairment depends on
     */
    public static ImpairedChannelHandler with(LinkImpairment impairment, long number) {
        long seed = impairment.seed() + SPREAD * number;
        return new ImpairedChannelHandler(impairment.decisions(seed), impairment.decisions(~seed));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        in = new ImpairedDirection(inbound, ctx.executor(), (packet, late) -> {
            ctx.fireChannelRead(packet);
            if (late) {
                ctx.fireChannelReadComplete();
            }
        });
        out = new ImpairedDirection(outbound, ctx.executor(), (packet, late) -> {
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
        if (msg instanceof ByteBufHolder packet) {
            in.pass(packet);
        } else {
            ctx.fireChannelRead(msg);
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (msg instanceof ByteBufHolder packet) {
            out.pass(packet);
            promise.trySuccess(); // for the sender the datagram is sent, even if it is dropped here
        } else if (msg instanceof ByteBuf bytes) {
            out.pass(bytes);
            promise.trySuccess();
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

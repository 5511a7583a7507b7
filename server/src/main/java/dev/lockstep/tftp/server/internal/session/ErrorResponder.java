package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.codec.TftpDatagramCodec;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.internal.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Sends the ERROR responses of one listener, each from a fresh port. One socket is kept in reserve, so that an ERROR
 * can be sent when the system provides no other socket. In that case the responses are queued and sent one after the
 * other, up to a limit.
 */
@dev.lockstep.tftp.concurrent.EventLoop
public final class ErrorResponder {
    private static final int MAX_QUEUED = 256;
    private static final long RETRY_MILLIS = 100;

    private final EventLoop loop;
    private final Transport transport;
    private final List<PacketTap> taps;
    private final InetAddress listening;
    private final Queue<Refusal> waiting = new ArrayDeque<>();
    private DatagramChannel spare;
    private boolean retryScheduled;
    private boolean closed;

    private record Refusal(InetSocketAddress peer, InetAddress from, TftpException reason) {}

    /**
     * Creates a responder.
     *
     * @param taps observe the responses
     * @param listening the local address of the listener
     */
    public ErrorResponder(EventLoop loop, Transport transport, List<PacketTap> taps, InetAddress listening) {
        this.loop = loop;
        this.transport = transport;
        this.taps = taps;
        this.listening = listening;
        keepSpare();
    }

    /**
     * Sends an ERROR to the peer, now or as soon as there is a socket. Drops it if the queue is full or the responder
     * is closed.
     *
     * @param from the local address that the request was sent to
     * @param reason the ERROR to send
     */
    public void refuse(InetSocketAddress peer, InetAddress from, TftpException reason) {
        if (waiting.size() < MAX_QUEUED && !closed) {
            waiting.add(new Refusal(peer, from, reason));
            sendWaiting();
        }
    }

    /** Called when a socket of this process was closed. Refills the reserve and sends queued responses. */
    public void onSocketClosed() {
        keepSpare();
        sendWaiting();
    }

    /** Called when the listener is closed. Drops the queued responses and closes the reserve. */
    public void close() {
        closed = true;
        waiting.clear();
        if (spare != null) {
            spare.unsafe().closeForcibly(); // it is not registered with an event loop
            spare = null;
        }
    }

    private void sendWaiting() {
        while (!waiting.isEmpty()) {
            DatagramChannel socket = open();
            if (socket == null) {
                socket = spare;
                spare = null;
            }
            if (socket == null) {
                retryLater();
                return;
            }
            send(waiting.remove(), socket).addListener((ChannelFuture connected) -> {
                if (connected.isSuccess()) {
                    connected.channel().closeFuture().addListener(closed -> onSocketClosed());
                } else {
                    onSocketClosed();
                }
            });
        }
    }

    private ChannelFuture send(Refusal refusal, DatagramChannel socket) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .disableResolver()
                .channelFactory(() -> socket)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        taps.forEach(tap -> tap.watch(channel.pipeline()));
                        channel.pipeline().addLast(TftpDatagramCodec.INSTANCE, handler(refusal.reason));
                    }
                });
        transport.expect(bootstrap, EphemeralPortOpener.SMALL_DATAGRAM, false);
        return bootstrap.connect(refusal.peer, new InetSocketAddress(refusal.from, 0));
    }

    private static ChannelHandler handler(TftpException reason) {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext ctx) {
                ServerHandshake.refuse(ctx, reason);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                ctx.close(); // the client is gone
            }
        };
    }

    /**
     * Retries later: other processes may have used up the sockets, and then no event of this process tells when one is
     * free.
     */
    private void retryLater() {
        if (!retryScheduled) {
            retryScheduled = true;
            Runnable retry = () -> {
                retryScheduled = false;
                onSocketClosed();
            };
            loop.schedule(retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void keepSpare() {
        if (spare == null && !closed) {
            spare = open();
        }
    }

    /** Returns a new socket, or null if the system provides none. */
    private DatagramChannel open() {
        try {
            return transport.socketsFor(listening).newChannel();
        } catch (ChannelException none) {
            return null;
        }
    }
}

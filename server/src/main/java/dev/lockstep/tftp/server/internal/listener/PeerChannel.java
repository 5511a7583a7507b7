package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.server.internal.session.TransferKey;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;

/**
 * A channel of one peer on the listening socket, without a socket of its own. What is written is sent through the
 * listener with the peer as recipient; datagrams that the listener receives from the peer are read here. Its event loop
 * is the listener's.
 */
@dev.lockstep.tftp.concurrent.EventLoop
final class PeerChannel extends AbstractChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(true);

    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final SharedPortDemultiplexer port;
    private final TransferKey key;
    private final Transport transport;
    private boolean open = true;
    private boolean active;
    private int pathMtu;

    /** Creates a channel on a listening socket that is not connected. */
    PeerChannel(Channel listener, SharedPortDemultiplexer port, TransferKey key, Transport transport) {
        super(listener);
        this.port = port;
        this.key = key;
        this.transport = transport;
        pipeline().addFirst(new Outlet());
    }

    /** Returns the path MTU to the peer in bytes, 0 before the channel is active. */
    int pathMtu() {
        return pathMtu;
    }

    /** Passes writes and their promises to the listener, since this channel has no outbound buffer of its own. */
    private final class Outlet extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            Object packet = msg instanceof ByteBuf bytes ? new DatagramPacket(bytes, key.peer()) : msg;
            if (promise.isVoid()) {
                port.context().write(packet, parent().voidPromise());
                return;
            }
            port.context().write(packet).addListener(written -> {
                if (written.isSuccess()) {
                    promise.trySuccess();
                } else {
                    promise.tryFailure(written.cause());
                }
            });
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            port.flush(port.context());
        }
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
                new Bootstrap()
                        .group(eventLoop())
                        .disableResolver()
                        .channelFactory(transport.socketsFor(key.asked()))
                        .handler(new ChannelInboundHandlerAdapter())
                        .connect(key.peer(), new InetSocketAddress(key.asked(), 0))
                        .addListener((ChannelFuture probed) -> onPathProbed(probed, promise));
            }
        };
    }

    /**
     * Becomes active when the path MTU is known. It is determined with a socket that is connected to the peer and sends
     * nothing.
     */
    private void onPathProbed(ChannelFuture probed, ChannelPromise promise) {
        if (!eventLoop().inEventLoop()) { // there was no socket
            eventLoop().execute(() -> onPathProbed(probed, promise));
            return;
        }
        int mtu = Transport.ETHERNET_MTU;
        if (probed.isSuccess()) {
            mtu = transport.pathMtu((DatagramChannel) probed.channel());
            probed.channel().close();
        }
        if (open) {
            pathMtu = mtu;
            active = true;
            promise.trySuccess();
            pipeline().fireChannelActive();
        } else {
            promise.tryFailure(new ClosedChannelException());
        }
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop == parent().eventLoop();
    }

    @Override
    protected SocketAddress localAddress0() {
        return new InetSocketAddress(key.asked(), ((InetSocketAddress) parent().localAddress()).getPort());
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return key.peer();
    }

    @Override
    protected void doClose() {
        open = false;
        active = false;
    }

    @Override
    protected void doBeginRead() {
        // the listener reads
    }

    @Override
    protected void doBind(SocketAddress local) {
        throw new UnsupportedOperationException("bound like the listener");
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        throw new IllegalStateException("a write past the outlet");
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return active;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}

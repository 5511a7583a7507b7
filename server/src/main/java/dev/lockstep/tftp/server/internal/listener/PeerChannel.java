package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.server.internal.session.TransferKey;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
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
public final class PeerChannel extends AbstractChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(true);

    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final SharedPort port;
    private final TransferKey key;
    private boolean open = true;
    private boolean active;
    private int pathMtu;

    /** Creates a channel that is not connected. */
    PeerChannel(SharedPort port, TransferKey key) {
        super(port.listener());
        this.port = port;
        this.key = key;
        pipeline().addFirst(new Outlet());
    }

    /** Returns the path MTU to the peer in bytes, 0 before the channel is active. */
    public int pathMtu() {
        return pathMtu;
    }

    /** Passes writes and their promises to the listener, since this channel has no outbound buffer of its own. */
    private final class Outlet extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            Object packet = msg instanceof ByteBuf bytes ? new DatagramPacket(bytes, key.peer()) : msg;
            if (promise.isVoid()) {
                parent().write(packet, parent().voidPromise());
                return;
            }
            parent().write(packet).addListener(written -> {
                if (written.isSuccess()) {
                    promise.trySuccess();
                } else {
                    promise.tryFailure(written.cause());
                }
            });
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            port.flush();
        }
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
                port.measurePath(key, mtu -> {
                    if (open) {
                        pathMtu = mtu;
                        active = true;
                        promise.trySuccess();
                        pipeline().fireChannelActive();
                    } else {
                        promise.tryFailure(new ClosedChannelException());
                    }
                });
            }
        };
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

package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.negotiation.Negotiation;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.internal.listener.PeerChannel;
import dev.lockstep.tftp.server.internal.listener.SharedPort;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Opens child channels. A channel with a port of its own is bound to the address that the request was sent to and
 * connected to the peer, so that the kernel drops datagrams of other peers and reports an unreachable peer.
 */
public final class TransferChannelFactory {
    /** Receive buffer size in bytes for an ACK, or an ERROR with a text. */
    private static final int SMALL_DATAGRAM = 1024;

    /** Limit of the ports of a range that are tried, since other processes may use some. */
    private static final int MAX_TRIES = 16;

    private final EventLoop loop;
    private final Transport transport;
    private final List<PacketTap> taps;
    private final SharedPort sharedPort;
    private final PortPool pool;

    public TransferChannelFactory(SharedPort sharedPort, PortPool pool, Transport transport, List<PacketTap> taps) {
        this.loop = sharedPort.listener().eventLoop();
        this.sharedPort = sharedPort;
        this.pool = pool;
        this.transport = transport;
        this.taps = taps;
    }

    /**
     * Callbacks for the channel of a transfer. Exactly one of them is called.
     *
     * @param failed called on any thread if no channel could be opened, with the cause
     * @param closed called on the event loop when the opened channel is closed
     */
    public record Owner(Consumer<Throwable> failed, Runnable closed) {}

    /**
     * Opens the channel of an admitted request.
     *
     * @param handshake adds the first handlers, new ones for each attempt
     */
    public void open(ServerTransfer child, TransferKey key, Consumer<ChannelPipeline> handshake, Owner owner) {
        PortMode mode = child.mode();
        if (mode instanceof PortMode.Range range) {
            openInRange(range, MAX_TRIES, child, key, handshake, owner);
        } else if (mode instanceof PortMode.Single) {
            tell(owner, sharedPort.open(key, initializer(child, PacketTap::attachToShared, handshake)));
        } else {
            tell(owner, connect(child, key, 0, handshake));
        }
    }

    private void openInRange(
            PortMode.Range range,
            int tries,
            ServerTransfer child,
            TransferKey key,
            Consumer<ChannelPipeline> handshake,
            Owner owner) {
        OptionalInt free = pool.take(range);
        if (free.isEmpty()) {
            owner.failed.accept(
                    new TftpException(ErrorCode.NOT_DEFINED, "all ports of " + range + " are busy, try again"));
            return;
        }
        int port = free.getAsInt();
        connect(child, key, port, handshake).addListener((ChannelFuture connected) -> {
            boolean isTaken = connected.cause() instanceof IOException;
            if (connected.isSuccess()) {
                connected.channel().closeFuture().addListener(end -> pool.giveBack(range, port));
            } else if (isTaken && tries > 1) {
                openInRange(range, tries - 1, child, key, handshake, owner);
                pool.giveBack(range, port); // only now, so that another port was tried
                return;
            } else {
                pool.giveBack(range, port);
            }
            tell(owner, connected);
        });
    }

    private static void tell(Owner owner, ChannelFuture opened) {
        opened.addListener((ChannelFuture connected) -> {
            if (connected.isSuccess()) {
                connected.channel().closeFuture().addListener(end -> owner.closed.run());
            } else {
                owner.failed.accept(connected.cause()); // a channel that failed to connect is closed
            }
        });
    }

    private ChannelFuture connect(
            ServerTransfer child, TransferKey key, int port, Consumer<ChannelPipeline> handshake) {
        return connect(
                transport.socketsFor(key.asked()),
                new InetSocketAddress(key.asked(), port),
                child.peer(),
                datagramFor(child.request()),
                sendsBursts(child.request()),
                initializer(child, PacketTap::attach, handshake));
    }

    /** Attaches a tap to a channel. */
    private interface Attachment {
        ChannelHandler attach(PacketTap tap, InetSocketAddress peer, Request request);
    }

    private ChannelHandler initializer(
            ServerTransfer child, Attachment attachment, Consumer<ChannelPipeline> handshake) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                taps.forEach(tap -> channel.pipeline().addLast(attachment.attach(tap, child.peer(), child.request())));
                handshake.accept(channel.pipeline());
            }
        };
    }

    /** Returns the path MTU of a channel in bytes. */
    public int pathMtu(Channel channel) {
        return channel instanceof PeerChannel peer ? peer.pathMtu() : transport.pathMtu((DatagramChannel) channel);
    }

    /**
     * Sends an ERROR from a new socket on a fresh port.
     *
     * @param socket a socket that is not bound
     * @param from the local address to send from
     * @param refusal the ERROR to send
     * @return completes when the socket is connected
     */
    ChannelFuture refuse(DatagramChannel socket, InetSocketAddress peer, InetAddress from, TftpException refusal) {
        ChannelHandler handler = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                taps.forEach(tap -> tap.watch(channel.pipeline()));
                channel.pipeline().addLast(new ErrorResponseHandler(refusal));
            }
        };
        return connect(() -> socket, new InetSocketAddress(from, 0), peer, SMALL_DATAGRAM, false, handler);
    }

    private ChannelFuture connect(
            ChannelFactory<DatagramChannel> sockets,
            InetSocketAddress from,
            InetSocketAddress peer,
            int datagram,
            boolean bursts,
            ChannelHandler handler) {
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .disableResolver()
                .channelFactory(sockets)
                .handler(handler);
        transport.expect(bootstrap, datagram, bursts);
        return bootstrap.connect(peer, from);
    }

    private static boolean sendsBursts(Request request) {
        return request instanceof WriteRequest
                && Negotiation.settingsOf(request.options()).windowsize() > 1;
    }

    /** Returns the size in bytes of the longest datagram that the peer may send according to its request. */
    private static int datagramFor(Request request) {
        return request instanceof WriteRequest
                ? Math.max(
                        SMALL_DATAGRAM,
                        Negotiation.settingsOf(request.options()).blksize() + TftpCodec.DATA_HEADER)
                : SMALL_DATAGRAM;
    }
}

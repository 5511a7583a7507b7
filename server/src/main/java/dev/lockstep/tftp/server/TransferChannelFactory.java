package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.PacketTap;
import dev.lockstep.tftp.channel.Transport;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.TransferSettings;
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
 * Opens child channels. Where a child has a port of its own, it is bound to the address that was asked and connected
 * to its peer, so that the kernel turns strangers away and tells us of a peer that is gone.
 */
final class TransferChannelFactory {
    /** Room for an ACK, and for an ERROR with a text. */
    private static final int SMALL_DATAGRAM = 1024;

    /** Ports of a range to try that a stranger may hold. */
    private static final int MOST_TRIES = 16;

    private final EventLoop loop;
    private final Transport transport;
    private final List<PacketTap> taps;
    private final SharedPort sharedPort;
    private final PortPool pool;

    TransferChannelFactory(SharedPort sharedPort, PortPool pool, Transport transport, List<PacketTap> taps) {
        this.loop = sharedPort.listener().eventLoop();
        this.sharedPort = sharedPort;
        this.pool = pool;
        this.transport = transport;
        this.taps = taps;
    }

    /**
     * What is told of a child's channel: one of the two.
     *
     * @param failed there was no channel to be had; on any thread
     * @param closed there was one, which is closed now; on the event loop
     */
    record Owner(Consumer<Throwable> failed, Runnable closed) {}

    /**
     * Opens the channel of an admitted request.
     *
     * @param handshake adds the handlers to begin with, new ones for each attempt
     */
    void open(ServerTransfer child, TransferKey ends, Consumer<ChannelPipeline> handshake, Owner owner) {
        PortMode mode = child.mode();
        if (mode instanceof PortMode.Range range) {
            openInRange(range, MOST_TRIES, child, ends, handshake, owner);
        } else if (mode instanceof PortMode.Single) {
            tell(owner, sharedPort.open(ends, initializer(child, PacketTap::attachToShared, handshake)));
        } else {
            tell(owner, connect(child, ends, 0, handshake));
        }
    }

    private void openInRange(
            PortMode.Range range,
            int tries,
            ServerTransfer child,
            TransferKey ends,
            Consumer<ChannelPipeline> handshake,
            Owner owner) {
        OptionalInt free = pool.take(range);
        if (free.isEmpty()) {
            owner.failed.accept(
                    new TftpException(ErrorCode.NOT_DEFINED, "all ports of " + range + " are busy, try again"));
            return;
        }
        int port = free.getAsInt();
        connect(child, ends, port, handshake).addListener((ChannelFuture connected) -> {
            boolean isTaken = connected.cause() instanceof IOException;
            if (connected.isSuccess()) {
                connected.channel().closeFuture().addListener(end -> pool.giveBack(range, port));
            } else if (isTaken && tries > 1) {
                openInRange(range, tries - 1, child, ends, handshake, owner);
                pool.giveBack(range, port); // only now, so that another one was tried
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
                owner.failed.accept(connected.cause()); // whatever channel there was is closed
            }
        });
    }

    private ChannelFuture connect(
            ServerTransfer child, TransferKey ends, int port, Consumer<ChannelPipeline> handshake) {
        return connect(
                transport.socketsFor(ends.asked()),
                new InetSocketAddress(ends.asked(), port),
                child.peer(),
                datagramFor(child.request()),
                sendsBursts(child.request()),
                initializer(child, PacketTap::attach, handshake));
    }

    /** How a tap joins a channel. */
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

    /** The MTU of the path of a child's channel. */
    int pathMtu(Channel channel) {
        return channel instanceof PeerChannel peer ? peer.pathMtu() : transport.pathMtu((DatagramChannel) channel);
    }

    /** Says no through that new socket, from a fresh port. */
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
        return request instanceof WriteRequest && request.options().has(Options.WINDOWSIZE);
    }

    /** The longest datagram this peer may rightly send. */
    private static int datagramFor(Request request) {
        if (request instanceof WriteRequest) {
            long blksize = TransferSettings.PLAIN.blksize();
            for (String option : List.of(Options.BLKSIZE, Options.BLKSIZE2)) {
                long asked = request.options()
                        .number(option, TransferSettings.MIN_BLKSIZE, Long.MAX_VALUE)
                        .orElse(0);
                blksize = Math.max(blksize, Math.min(asked, TransferSettings.MAX_BLKSIZE));
            }
            return Math.max(SMALL_DATAGRAM, (int) blksize + TftpCodec.DATA_HEADER);
        }
        return SMALL_DATAGRAM;
    }
}

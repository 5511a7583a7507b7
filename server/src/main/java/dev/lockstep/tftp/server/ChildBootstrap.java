package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.Transport;
import dev.lockstep.tftp.channel.WireTap;
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
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * Opens child channels: each on a fresh port, from the address that was asked, connected to its peer, so that the
 * kernel turns strangers away and tells us of a peer that is gone.
 */
final class ChildBootstrap {
    /** Room for an ACK, and for an ERROR with a text. */
    private static final int SMALL_DATAGRAM = 1024;

    private final EventLoop loop;
    private final Transport transport;
    private final List<WireTap> taps;

    ChildBootstrap(EventLoop loop, Transport transport, List<WireTap> taps) {
        this.loop = loop;
        this.transport = transport;
        this.taps = taps;
    }

    /**
     * Opens the channel of an admitted request; exactly one of the two is told in the end.
     *
     * @param failed on any thread, if there was no channel to be had
     * @param closed on the event loop
     */
    void open(Child child, InetAddress from, ChannelHandler handshake, Consumer<Throwable> failed, Runnable closed) {
        connect(
                        transport.socketsFor(from),
                        from,
                        child.peer(),
                        datagramFor(child.request()),
                        sendsBursts(child.request()),
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                taps.forEach(
                                        tap -> channel.pipeline().addLast(tap.attach(child.peer(), child.request())));
                                channel.pipeline().addLast(handshake);
                            }
                        })
                .addListener((ChannelFuture connected) -> {
                    if (connected.isSuccess()) {
                        connected.channel().closeFuture().addListener(end -> closed.run());
                    } else {
                        failed.accept(connected.cause()); // whatever channel there was is closed
                    }
                });
    }

    /** Says no through that new socket, from a fresh port. */
    ChannelFuture refuse(DatagramChannel socket, InetSocketAddress peer, InetAddress from, TftpException refusal) {
        ChannelHandler handler = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                taps.forEach(tap -> tap.watch(channel.pipeline()));
                channel.pipeline().addLast(new RefusalHandler(refusal));
            }
        };
        return connect(() -> socket, from, peer, SMALL_DATAGRAM, false, handler);
    }

    private ChannelFuture connect(
            ChannelFactory<DatagramChannel> sockets,
            InetAddress from,
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
        return bootstrap.connect(peer, new InetSocketAddress(from, 0));
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

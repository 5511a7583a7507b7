package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.negotiation.Negotiation;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;

/**
 * Opens each channel on an ephemeral port. The channel is bound to the address that the request was sent to and
 * connected to the peer, so that the kernel drops datagrams of other peers and reports an unreachable peer.
 */
public final class EphemeralPortOpener implements TransferChannelOpener {
    /** Receive buffer size in bytes for an ACK, or an ERROR with a text. */
    static final int SMALL_DATAGRAM = 1024;

    private final EventLoop loop;
    private final Transport transport;

    /** Creates an opener for the transfers of a listener on the given event loop. */
    public EphemeralPortOpener(EventLoop loop, Transport transport) {
        this.loop = loop;
        this.transport = transport;
    }

    EventLoop loop() {
        return loop;
    }

    @Override
    public Future<Channel> open(ServerTransfer transfer, ChannelHandler initializer) {
        Promise<Channel> opened = loop.newPromise();
        connect(transfer, 0, initializer)
                .addListener((ChannelFuture connected) -> TransferChannelOpener.complete(opened, connected));
        return opened;
    }

    /**
     * Opens a channel.
     *
     * @param port the local port; 0 for an ephemeral one
     */
    ChannelFuture connect(ServerTransfer transfer, int port, ChannelHandler initializer) {
        TransferKey key = transfer.key();
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .disableResolver()
                .channelFactory(transport.socketsFor(key.asked()))
                .handler(initializer);
        expect(bootstrap, transfer.request());
        return bootstrap.connect(key.peer(), new InetSocketAddress(key.asked(), port));
    }

    /** Sets the receive buffers for the longest datagram that the peer may send according to its request. */
    private void expect(Bootstrap bootstrap, Request request) {
        if (request instanceof WriteRequest) {
            TransferSettings requested = Negotiation.settingsOf(request.options());
            int longest = Math.max(SMALL_DATAGRAM, requested.blksize() + TftpCodec.DATA_HEADER);
            transport.expect(bootstrap, longest, requested.windowsize() > 1);
        } else {
            transport.expect(bootstrap, SMALL_DATAGRAM, false);
        }
    }

    @Override
    public int pathMtu(Channel channel) {
        return transport.pathMtu((DatagramChannel) channel);
    }
}

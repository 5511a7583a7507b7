package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.server.internal.session.ServerTransfer;
import dev.lockstep.tftp.server.internal.session.TransferChannelOpener;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

/** Opens each channel on the listening port (single-port mode), without a socket of its own. */
final class SharedPortOpener implements TransferChannelOpener {
    private final Channel listener;
    private final SharedPortDemultiplexer port;
    private final Transport transport;

    SharedPortOpener(Channel listener, SharedPortDemultiplexer port, Transport transport) {
        this.listener = listener;
        this.port = port;
        this.transport = transport;
    }

    @Override
    public Future<Channel> open(ServerTransfer transfer, ChannelHandler initializer) {
        EventLoop loop = listener.eventLoop();
        PeerChannel peer = new PeerChannel(listener, port, transfer.key(), transport);
        port.add(transfer.key(), peer);
        Promise<Channel> opened = loop.newPromise();
        new Bootstrap()
                .group(loop)
                .disableResolver()
                .channelFactory(() -> peer)
                .handler(initializer)
                .connect(transfer.peer())
                .addListener((ChannelFuture connected) -> TransferChannelOpener.complete(opened, connected));
        return opened;
    }

    @Override
    public int pathMtu(Channel channel) {
        return ((PeerChannel) channel).pathMtu();
    }
}

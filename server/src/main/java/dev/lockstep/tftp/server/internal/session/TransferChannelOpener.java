package dev.lockstep.tftp.server.internal.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

/** Opens the channels of transfers, in one port mode. Must be used on the event loop of its listener. */
public interface TransferChannelOpener {
    /**
     * Opens a channel to the peer of a transfer.
     *
     * @param initializer adds the handlers to the pipeline; called once for each channel that is tried
     * @return completes with the connected channel, or fails if the system provides none or no port is free
     */
    Future<Channel> open(ServerTransfer transfer, ChannelHandler initializer);

    /**
     * Returns the path MTU of a channel that this opener has opened.
     *
     * @return the MTU in bytes
     */
    int pathMtu(Channel channel);

    /** Completes the future of a channel. A channel that failed to connect is closed. */
    static void complete(Promise<Channel> opened, ChannelFuture connected) {
        if (connected.isSuccess()) {
            opened.setSuccess(connected.channel());
        } else {
            opened.setFailure(connected.cause());
        }
    }
}

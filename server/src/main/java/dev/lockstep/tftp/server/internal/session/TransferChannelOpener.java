package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.concurrent.EventLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.util.function.BiConsumer;

/** Opens the channels of transfers, in one port mode. Its event loop is that of its listener. */
@EventLoop
public interface TransferChannelOpener {
    /**
     * Opens a channel to the peer of a transfer.
     *
     * @param initializer adds the handlers to the pipeline; called once for each channel that is tried
     * @param opened called once: with the connected channel, or with the cause on any thread, if the system provides no
     *     socket or no port is free
     */
    void open(ServerTransfer transfer, ChannelHandler initializer, BiConsumer<Channel, Throwable> opened);

    /**
     * Returns the path MTU of a channel that this opener has opened.
     *
     * @return the MTU in bytes
     */
    int pathMtu(Channel channel);
}

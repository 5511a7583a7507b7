package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/** Provides the sockets of a client's transfers. */
public interface ClientSockets {
    /**
     * The requirements of a transfer for its socket.
     *
     * @param ipv6 whether the server has an IPv6 address
     * @param receiveBuffer size of the kernel's receive buffer, in bytes
     * @param datagram size of the largest datagram to expect, in bytes
     * @param bursts whether many datagrams will arrive at once
     */
    record Needs(boolean ipv6, int receiveBuffer, int datagram, boolean bursts) {}

    /**
     * Opens a socket, or reuses one. Its pipeline gets the handlers of the transfer, then the channel becomes active.
     * The transfer closes the channel when it has ended.
     *
     * @param addHandlers adds the handlers of a transfer to the pipeline
     * @param failed called on the event loop if no socket can be opened
     */
    @dev.lockstep.tftp.concurrent.EventLoop
    void open(EventLoop loop, Needs needs, Consumer<ChannelPipeline> addHandlers, Consumer<Throwable> failed);

    /** Stops keeping sockets for reuse. */
    @ThreadSafe
    void close();
}

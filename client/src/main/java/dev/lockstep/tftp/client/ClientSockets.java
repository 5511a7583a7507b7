package dev.lockstep.tftp.client;

import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/** Where the sockets of a client's transfers come from. */
interface ClientSockets {
    /**
     * What a transfer needs of its socket.
     *
     * @param ipv6 whether the server has an IPv6 address
     * @param receiveBuffer octets the kernel keeps until they are read
     * @param datagram the longest that may rightly come, in octets
     * @param bursts whether many will come at once
     */
    record Needs(boolean ipv6, int receiveBuffer, int datagram, boolean bursts) {}

    /**
     * Has a socket ready: its pipeline is furnished, then the channel becomes active. On that event loop; the transfer
     * closes the channel when it has ended.
     *
     * @param furnish adds the handlers of a transfer
     * @param failed told, on the event loop, if there is no socket
     */
    void open(EventLoop loop, Needs needs, Consumer<ChannelPipeline> furnish, Consumer<Throwable> failed);

    /** Keeps nothing any more. On any thread. */
    void close();
}

package dev.lockstep.tftp.event;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;

/** Observes the datagrams of transfers. */
@FunctionalInterface
public interface PacketTap extends AutoCloseable {
    /**
     * {@return the handler to add next to the socket of a new channel}
     *
     * @param peer the client on a server, the server on a client
     * @param request the request, which a server has received on another channel and a client will send on this one
     */
    ChannelHandler attach(InetSocketAddress peer, Request request);

    /**
     * {@return the handler for a channel whose datagrams all pass through a channel that this tap observes by {@link
     * #watch}}
     *
     * @param peer the client on a server, the server on a client
     * @param request the request of the transfer
     */
    default ChannelHandler attachToShared(InetSocketAddress peer, Request request) {
        return attach(peer, request);
    }

    /**
     * Observes a channel that has no transfer: a server channel that receives requests, or one that only refuses a
     * request.
     *
     * @param pipeline the pipeline of the channel
     */
    default void watch(ChannelPipeline pipeline) {}

    /** Called when the client or server that uses this tap has terminated. */
    @Override
    default void close() {}
}

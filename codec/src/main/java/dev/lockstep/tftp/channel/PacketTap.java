package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;

/** Looks at the datagrams of a transfer as they cross the wire. */
@FunctionalInterface
public interface PacketTap extends AutoCloseable {
    /**
     * The handler that stands next to the socket of a new channel.
     *
     * @param peer the client on a server, the server on a client
     * @param request which a server has read from another channel, and a client will send on this one
     */
    ChannelHandler attach(InetSocketAddress peer, Request request);

    /** The same for a channel whose datagrams all pass one that this tap has joined by {@link #watch}. */
    default ChannelHandler attachToShared(InetSocketAddress peer, Request request) {
        return attach(peer, request);
    }

    /** Joins a channel without a transfer: a server's that takes requests, or one that only refuses one. */
    default void watch(ChannelPipeline pipeline) {}

    /** There is nothing more to look at: the client or server that was given this tap has ended. */
    @Override
    default void close() {}
}

package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.codec.TftpDatagramCodec;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.util.function.Predicate;

/**
 * Builds the pipeline of each listening socket of one server.
 *
 * <pre>
 *   socket ─ taps ─ DestinationFilter ─ SharedPortDemultiplexer ─ LocalAddressSockets ─ codec ─ RequestDispatcher
 *                                        │                         (of a wildcard)
 *                                       PeerChannel
 * </pre>
 */
final class ListenerInitializer extends ChannelInitializer<Channel> {
    private final ListenerContext shared;
    private final DestinationFilter destinations;
    private final TftpDatagramCodec codec;

    /**
     * Creates an initializer.
     *
     * @param isBroadcastOrMulticast returns true for an address that stands for more than one host
     */
    ListenerInitializer(ListenerContext shared, Predicate<InetAddress> isBroadcastOrMulticast) {
        this.shared = shared;
        this.destinations =
                new DestinationFilter(isBroadcastOrMulticast, shared.transfers().listener());
        this.codec = TftpDatagramCodec.addressed(shared.config().strictness());
    }

    @Override
    protected void initChannel(Channel channel) {
        SharedPortDemultiplexer sharedPort = new SharedPortDemultiplexer(shared.sharedPortOwners());
        channel.pipeline().addLast(destinations, sharedPort, codec, new RequestDispatcher(shared, sharedPort));
    }
}

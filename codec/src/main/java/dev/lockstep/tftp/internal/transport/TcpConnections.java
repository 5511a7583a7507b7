package dev.lockstep.tftp.internal.transport;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.internal.text.AddressFormat;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.Set;

/** The open connections of a TCP port, of which one beyond the limit closes the oldest. */
@EventLoop
public final class TcpConnections {
    private final int limit;
    private final Set<Channel> open = new LinkedHashSet<>();

    /** Creates an empty set for at most {@code limit} connections. */
    public TcpConnections(int limit) {
        this.limit = limit;
    }

    /** Adds a connection, which is removed when it is closed. */
    public void add(Channel channel) {
        if (open.size() >= limit) {
            Channel oldest = open.iterator().next();
            open.remove(oldest);
            oldest.close();
        }
        open.add(channel);
        channel.closeFuture().addListener(closed -> open.remove(channel));
    }

    /** Removes a connection, which is then not closed in favour of others. */
    public void remove(Channel channel) {
        open.remove(channel);
    }

    /**
     * Binds a listener.
     *
     * @param port the name of the port for the message of a failure, such as {@code HTTP port}
     * @throws IOException if the address cannot be bound
     */
    @Blocking
    public static Channel bind(ServerBootstrap bootstrap, InetSocketAddress address, String port) throws IOException {
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            String where = AddressFormat.of(address.getAddress()) + " " + port + " " + address.getPort();
            IOException failure = new BindException(where + ": " + bound.cause().getMessage());
            failure.initCause(bound.cause());
            throw failure;
        }
        return bound.channel();
    }
}

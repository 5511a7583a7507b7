package dev.lockstep.tftp.server.internal.service;

import dev.lockstep.tftp.internal.transport.TcpConnections;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.server.ServerLifecycleListener;
import dev.lockstep.tftp.server.TftpServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A TCP port for health checks that cannot use UDP. Connections are accepted while requests are served and refused
 * otherwise. A client that sends a line receives one. Each listener and its connections run on one event loop.
 */
public final class TcpProbe implements ServerLifecycleListener {
    /** The usual port of the probe. */
    public static final int PORT = 8700;

    /** Limit of open connections for each address. A further one closes the oldest, since a regular probe is short. */
    static final int MAX_CONNECTIONS = 256;

    private final int port;
    private final List<Channel> listeners = new ArrayList<>();

    /**
     * Creates a probe for every address that the server listens on.
     *
     * @param port the TCP port; 0 takes a free one
     * @throws IllegalArgumentException if the port is out of range
     */
    public TcpProbe(int port) {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("probe port: " + port + " (expected: 0 to 65535)");
        }
        this.port = port;
    }

    /** Returns the addresses that the probe listens on, with their actual port. */
    public List<InetSocketAddress> addresses() {
        return listeners.stream()
                .map(listener -> (InetSocketAddress) listener.localAddress())
                .toList();
    }

    @Override
    public void started(TftpServer server) throws IOException {
        int actual = port;
        for (InetAddress address : server.addresses().stream()
                .map(InetSocketAddress::getAddress)
                .distinct()
                .toList()) {
            Channel listener = bind(server.eventLoops().next(), new InetSocketAddress(address, actual));
            listeners.add(listener);
            actual = ((InetSocketAddress) listener.localAddress()).getPort();
        }
    }

    private static Channel bind(EventLoop loop, InetSocketAddress address) throws IOException {
        Transport transport = Transport.best();
        TcpConnections connections = new TcpConnections(MAX_CONNECTIONS);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop, loop)
                .channelFactory(transport.serverSocketsFor(address.getAddress()))
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        ProbeHandler.addTo(channel.pipeline());
                    }
                });
        transport.keepToOneFamily(bootstrap, address.getAddress());
        return TcpConnections.bind(bootstrap, address, "TCP port");
    }

    @Override
    public void stopping() {
        listeners.forEach(listener -> listener.close().awaitUninterruptibly());
    }
}

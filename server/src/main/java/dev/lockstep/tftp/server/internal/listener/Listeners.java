package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.server.internal.ServerConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The addresses that a server listens on, and their sockets. */
public final class Listeners {
    /**
     * Seconds between two scans of the local addresses: a new address may be without sockets of its own for that long.
     */
    private static final int RESCAN_SECONDS = 3;

    private final ListeningSockets sockets;
    private final List<InetSocketAddress> addresses = new ArrayList<>();

    private Listeners(ListeningSockets sockets) {
        this.sockets = sockets;
    }

    /**
     * Binds all addresses of the configuration, or none.
     *
     * @throws IOException if an address cannot be bound, or an inherited descriptor cannot be used
     */
    public static Listeners bind(ListenerContext shared, EventLoopGroup loops) throws IOException {
        ServerConfig config = shared.config();
        ListeningSockets sockets = new ListeningSockets(shared, loops);
        Listeners all = new Listeners(sockets);
        try {
            for (int descriptor : config.inherited()) {
                all.addresses.add(sockets.inherit(descriptor));
            }
            if (config.port() != ServerConfig.NOWHERE) {
                all.bindEverywhere(config.port(), shared.transport());
            }
            for (InetSocketAddress address : config.addresses()) {
                all.bind(address);
            }
        } catch (IOException | RuntimeException e) {
            sockets.close();
            throw e;
        }
        if (all.addresses.stream().anyMatch(address -> address.getAddress().isAnyLocalAddress())) {
            Runnable rescan = () -> shared.transfers().io().execute(sockets::rescan);
            loops.next().scheduleWithFixedDelay(rescan, RESCAN_SECONDS, RESCAN_SECONDS, TimeUnit.SECONDS);
        }
        return all;
    }

    public List<InetSocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    public void close() {
        sockets.close();
    }

    /** Stops serving new requests. Each socket is closed as soon as no transfer uses it. */
    public void retire() {
        for (ListeningSockets.Listener listener : sockets.retire()) {
            listener.channel().eventLoop().submit(listener.dispatcher()::retire).awaitUninterruptibly();
        }
    }

    public void cancelAll(TftpException cause) {
        for (ListeningSockets.Listener listener : sockets.all()) {
            EventLoop loop = listener.channel().eventLoop();
            loop.submit(() -> listener.dispatcher().cancelAll(cause)).awaitUninterruptibly();
        }
    }

    /**
     * Binds the wildcard addresses of IPv4 and IPv6, with sockets for each or with one socket for both. Leaves IPv6 out
     * if the system does not support it.
     */
    private void bindEverywhere(int port, Transport transport) throws IOException {
        InetAddress anyIpv6 = InetAddress.getByName("::");
        boolean ipv6 = hasIpv6(anyIpv6);
        int real = port;
        if (transport.separatesFamilies() || !ipv6) {
            bind(new InetSocketAddress(InetAddress.getByName("0.0.0.0"), port));
            real = addresses.get(addresses.size() - 1).getPort();
        }
        if (ipv6) {
            bind(new InetSocketAddress(anyIpv6, real));
        }
    }

    private void bind(InetSocketAddress address) throws IOException {
        addresses.add(sockets.bind(address));
    }

    private static boolean hasIpv6(InetAddress anyIpv6) {
        try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(anyIpv6, 0))) {
            return probe.getLocalAddress() instanceof Inet6Address;
        } catch (IOException e) {
            return false;
        }
    }
}

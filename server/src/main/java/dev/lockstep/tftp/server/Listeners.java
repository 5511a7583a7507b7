package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.PeerName;
import dev.lockstep.tftp.channel.TransferContext;
import dev.lockstep.tftp.channel.Transport;
import dev.lockstep.tftp.transfer.TftpException;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/** The listening sockets: for each address one an event loop, among which the kernel shares the clients out. */
final class Listeners {
    private static final int LONGEST_REQUEST = 65507;

    private record Listener(Channel channel, ListenerHandler handler) {}

    private final List<Listener> listeners = new ArrayList<>();
    private final List<InetSocketAddress> addresses = new ArrayList<>();

    private final ServerConfig config;
    private final TransferContext context;
    private final Transport transport;
    private final Admission admission;
    private final BroadcastAddresses broadcasts;
    private final PortPool pool = new PortPool();

    private Listeners(ServerConfig config, TransferContext context, Transport transport, Admission admission)
            throws IOException {
        this.config = config;
        this.context = context;
        this.transport = transport;
        this.admission = admission;
        this.broadcasts = BroadcastAddresses.ofThisMachine();
    }

    /** Binds all addresses of the configuration, or none. */
    static Listeners bind(
            ServerConfig config,
            TransferContext context,
            Transport transport,
            Admission admission,
            EventLoopGroup loops)
            throws IOException {
        Listeners all = new Listeners(config, context, transport, admission);
        try {
            for (int descriptor : config.inherited()) {
                all.inherit(descriptor, loops.next());
            }
            if (config.addresses().isEmpty() && config.inherited().isEmpty()) {
                all.bindEverywhere(loops);
            } else {
                for (InetSocketAddress address : config.addresses()) {
                    all.bind(address, loops);
                }
            }
            return all;
        } catch (IOException e) {
            all.close();
            throw e;
        }
    }

    List<InetSocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    void close() {
        listeners.forEach(listener -> listener.channel.close().syncUninterruptibly());
    }

    /** Has each close as soon as no transfer needs it: no more requests are to be served. */
    void retire() {
        for (Listener listener : listeners) {
            listener.channel.eventLoop().submit(listener.handler::retire).awaitUninterruptibly();
        }
    }

    void cancelAll(TftpException cause) {
        for (Listener listener : listeners) {
            EventLoop loop = listener.channel.eventLoop();
            loop.submit(() -> listener.handler.cancelAll(cause)).awaitUninterruptibly();
        }
    }

    /** Both families, each with its own sockets; IPv6 where the machine has it. */
    private void bindEverywhere(EventLoopGroup loops) throws IOException {
        bind(new InetSocketAddress(InetAddress.getByName("0.0.0.0"), config.port()), loops);
        InetAddress anyIpv6 = InetAddress.getByName("::");
        if (transport == Transport.EPOLL && hasIpv6(anyIpv6)) {
            bind(new InetSocketAddress(anyIpv6, addresses.get(0).getPort()), loops);
            bindEachIpv6Address(addresses.get(0).getPort(), loops);
        }
    }

    /**
     * An IPv6 wildcard socket can't tell which address a datagram was sent to, and the answer must come from that one.
     * So each address there is now has sockets of its own, which the kernel prefers.
     */
    private void bindEachIpv6Address(int port, EventLoopGroup loops) throws SocketException {
        List<InetAddress> local = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet6Address.class::isInstance)
                .toList();
        for (InetAddress address : local) {
            try {
                listen(new InetSocketAddress(address, port), loops);
            } catch (IOException ignored) {
                // an address that is not ready yet: the wildcard socket serves it
            }
        }
    }

    private static boolean hasIpv6(InetAddress anyIpv6) {
        try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(anyIpv6, 0))) {
            return probe.getLocalAddress() instanceof Inet6Address;
        } catch (IOException e) {
            return false;
        }
    }

    private void bind(InetSocketAddress address, EventLoopGroup loops) throws IOException {
        requireFree(address, loops);
        addresses.add(listen(address, loops));
    }

    /** Another process has bound it, perhaps to a port that is not ours to bind. */
    private void inherit(int descriptor, EventLoop loop) throws IOException {
        DatagramChannel socket = InheritedSocket.at(descriptor, transport);
        ListenerHandler handler = new ListenerHandler(config, context, transport, admission, broadcasts, pool);
        Bootstrap bootstrap = new Bootstrap().channelFactory(() -> socket).handler(handler);
        prepare(bootstrap);
        ChannelFuture registered = bootstrap.group(loop).register().awaitUninterruptibly();
        if (!registered.isSuccess()) {
            throw new IOException("inherited descriptor " + descriptor, registered.cause());
        }
        config.taps().forEach(tap -> tap.watch(socket.pipeline()));
        listeners.add(new Listener(socket, handler));
        addresses.add(socket.localAddress());
    }

    /** Binds a socket for each event loop; gives the address with its real port. */
    private InetSocketAddress listen(InetSocketAddress address, EventLoopGroup loops) throws IOException {
        InetSocketAddress actual = address;
        for (EventExecutor loop : loops) {
            ListenerHandler handler = new ListenerHandler(config, context, transport, admission, broadcasts, pool);
            Bootstrap bootstrap = bootstrap(address.getAddress(), handler).group((EventLoop) loop);
            transport.sharePort(bootstrap);
            Channel channel = bind(bootstrap, actual);
            config.taps().forEach(tap -> tap.watch(channel.pipeline()));
            listeners.add(new Listener(channel, handler));
            actual = (InetSocketAddress) channel.localAddress();
            if (!transport.sharesPorts()) {
                break;
            }
        }
        return actual;
    }

    private Bootstrap bootstrap(InetAddress address, ChannelHandler handler) {
        Bootstrap bootstrap =
                new Bootstrap().channelFactory(transport.socketsFor(address)).handler(handler);
        transport.keepToOneFamily(bootstrap, address);
        prepare(bootstrap);
        return bootstrap;
    }

    private void prepare(Bootstrap bootstrap) {
        transport.tellAddressAsked(bootstrap);
        transport.expect(bootstrap, LONGEST_REQUEST, false);
    }

    /** A socket that shares its port would bind beside another server's; one that doesn't, finds out. */
    private void requireFree(InetSocketAddress address, EventLoopGroup loops) throws IOException {
        if (address.getPort() != 0) {
            Bootstrap probe = bootstrap(address.getAddress(), new ChannelInboundHandlerAdapter());
            bind(probe.group(loops), address).close().awaitUninterruptibly();
        }
    }

    private static Channel bind(Bootstrap bootstrap, InetSocketAddress address) throws IOException {
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw notBound(address, bound.cause());
        }
        return bound.channel();
    }

    private static IOException notBound(InetSocketAddress address, Throwable cause) {
        IOException failure = new BindException(
                PeerName.of(address.getAddress()) + " port " + address.getPort() + ": " + cause.getMessage());
        failure.initCause(cause);
        return failure;
    }
}

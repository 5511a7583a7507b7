package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.server.internal.ServerConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Binds the listening sockets: for each address one socket per event loop, between which the kernel distributes the
 * clients. Besides the sockets of a wildcard address there are sockets of single addresses, which the kernel prefers.
 */
@ThreadSafe
@Blocking
public final class ListeningSockets {
    /**
     * Seconds between two scans of the local addresses: a new address may be without sockets of its own for that long.
     */
    private static final int RESCAN_SECONDS = 3;

    private static final int LONGEST_REQUEST = 65507;

    /**
     * Receive buffer in bytes, for the requests of many machines that boot at once, and for uploads to a single port.
     */
    private static final int RECEIVE_BUFFER = 1 << 20;

    /** A socket; its dispatcher is kept, because a pipeline loses its handlers when the socket is closed. */
    record Listener(Channel channel, RequestDispatcher dispatcher) {
        static Listener of(Channel channel) {
            return new Listener(channel, channel.pipeline().get(RequestDispatcher.class));
        }
    }

    private final ListenerContext shared;
    private final Transport transport;
    private final EventLoopGroup loops;
    private final ListenerInitializer initializer;
    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final List<LocalAddressSockets> wildcards = new ArrayList<>();
    private volatile BroadcastAddresses broadcasts;
    private Future<?> rescans;
    private boolean retired;

    private ListeningSockets(ListenerContext shared, EventLoopGroup loops) throws SocketException {
        this.shared = shared;
        this.transport = shared.transport();
        this.loops = loops;
        this.initializer = new ListenerInitializer(shared, address -> broadcasts.contains(address));
        this.broadcasts = BroadcastAddresses.ofThisMachine();
    }

    /**
     * Binds all addresses of the configuration, or none.
     *
     * @throws IOException if an address cannot be bound, or an inherited descriptor cannot be used
     */
    public static ListeningSockets bind(ListenerContext shared, EventLoopGroup loops) throws IOException {
        ServerConfig config = shared.config();
        ListeningSockets sockets = new ListeningSockets(shared, loops);
        try {
            for (int descriptor : config.inherited()) {
                sockets.inherit(descriptor);
            }
            if (config.port() != ServerConfig.NOWHERE) {
                sockets.bindEverywhere(config.port());
            }
            for (InetSocketAddress address : config.addresses()) {
                sockets.bind(address);
            }
        } catch (IOException | RuntimeException e) {
            sockets.close();
            throw e;
        }
        if (sockets.addresses.stream().anyMatch(address -> address.getAddress().isAnyLocalAddress())) {
            Runnable rescan = () -> shared.transfers().io().execute(sockets::rescan);
            sockets.rescans =
                    loops.next().scheduleWithFixedDelay(rescan, RESCAN_SECONDS, RESCAN_SECONDS, TimeUnit.SECONDS);
        }
        return sockets;
    }

    /** Returns the addresses of the configuration with their actual ports. */
    public List<InetSocketAddress> addresses() {
        return List.copyOf(addresses);
    }

    /**
     * Binds the wildcard addresses of IPv4 and IPv6, with sockets for each or with one socket for both. Leaves IPv6 out
     * if the system does not support it.
     */
    private void bindEverywhere(int port) throws IOException {
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

    private static boolean hasIpv6(InetAddress anyIpv6) {
        try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(anyIpv6, 0))) {
            return probe.getLocalAddress() instanceof Inet6Address;
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized void bind(InetSocketAddress address) throws IOException {
        serve(listen(address, null), UnixChannelOption.SO_REUSEPORT);
    }

    /**
     * Listens on a socket that another process has bound, for example to a port that this process may not bind.
     *
     * @param descriptor the file descriptor of the socket
     * @throws IOException if the descriptor is not a UDP socket, or cannot be used
     */
    private synchronized void inherit(int descriptor) throws IOException {
        DatagramChannel socket = ActivatedSocket.at(descriptor, transport);
        Bootstrap bootstrap = new Bootstrap().channelFactory(() -> socket).handler(initializer);
        prepare(bootstrap);
        bootstrap.option(ChannelOption.SO_REUSEADDR, false); // set by systemd: any local user could bind the port, too
        ChannelFuture registered = bootstrap.group(loops.next()).register().awaitUninterruptibly();
        if (!registered.isSuccess()) {
            throw new IOException("inherited descriptor " + descriptor, registered.cause());
        }
        // another user may have bound it: SO_REUSEPORT does not work with sockets of another user, SO_REUSEADDR may
        watch(socket);
        serve(List.of(Listener.of(socket)), ChannelOption.SO_REUSEADDR);
    }

    /**
     * Starts to read from new sockets, after each IPv6 address behind a wildcard has got its own sockets.
     *
     * @param beside the socket option that allows sockets of single addresses besides these
     */
    private void serve(List<Listener> bound, ChannelOption<Boolean> beside) {
        listeners.addAll(bound);
        InetSocketAddress address = (InetSocketAddress) bound.get(0).channel.localAddress();
        if (address.getAddress().isAnyLocalAddress() && transport.sharesPorts()) {
            LocalAddressSockets own = new LocalAddressSockets(this, address, beside, shared);
            wildcards.add(own);
            own.rescan();
            for (Listener listener : bound) {
                ChannelPipeline pipeline = listener.channel.pipeline();
                pipeline.addAfter(
                        pipeline.context(SharedPortDemultiplexer.class).name(), null, own);
            }
        }
        read(bound);
        addresses.add(address);
    }

    private static void read(List<Listener> bound) {
        bound.forEach(listener -> listener.channel.config().setAutoRead(true));
    }

    /**
     * Binds a single address besides a wildcard.
     *
     * @param allowed the socket option that both sockets need
     * @throws IOException if the address cannot be bound, or the server is shutting down
     */
    synchronized List<Listener> bindBeside(InetSocketAddress address, ChannelOption<Boolean> allowed)
            throws IOException {
        if (retired) {
            throw new BindException("server is shutting down");
        }
        List<Listener> bound;
        allowAddresses(allowed, true);
        try {
            bound = listen(address, allowed);
        } finally {
            allowAddresses(allowed, false);
        }
        listeners.addAll(bound);
        read(bound);
        return bound;
    }

    /**
     * Allows or forbids sockets of single addresses besides the inherited wildcards. The kernel looks at the option when
     * the other socket is bound; if it stayed set, any local user could bind one and receive requests.
     */
    private void allowAddresses(ChannelOption<Boolean> allowed, boolean on) {
        if (allowed == ChannelOption.SO_REUSEADDR) {
            for (Listener listener : listeners) {
                if (((InetSocketAddress) listener.channel.localAddress())
                        .getAddress()
                        .isAnyLocalAddress()) {
                    listener.channel.config().setOption(allowed, on);
                }
            }
        }
    }

    /** Reads the current addresses of this machine and binds or closes sockets accordingly. */
    @Blocking
    void rescan() {
        List<LocalAddressSockets> all;
        synchronized (this) {
            all = retired ? List.of() : List.copyOf(wildcards);
        }
        try {
            broadcasts = BroadcastAddresses.ofThisMachine();
        } catch (SocketException ignored) {
            // the system does not list them now: the next scan may succeed
        }
        all.forEach(LocalAddressSockets::rescan);
    }

    /** Stops serving new requests. Each socket is closed as soon as no transfer uses it. */
    public void retire() {
        for (Listener listener : withoutFurther()) {
            listener.channel.eventLoop().submit(listener.dispatcher::retire).awaitUninterruptibly();
        }
    }

    /** Returns all listeners and prevents the binding of further ones. */
    private synchronized List<Listener> withoutFurther() {
        retired = true;
        return listeners;
    }

    /**
     * Cancels all running transfers and sends their peers an ERROR.
     *
     * @param cause the ERROR to send
     */
    public void cancelAll(TftpException cause) {
        for (Listener listener : listeners) {
            EventLoop loop = listener.channel.eventLoop();
            loop.submit(() -> listener.dispatcher.cancelAll(cause)).awaitUninterruptibly();
        }
    }

    /** Closes the sockets of an address that was removed, when no transfer uses them. */
    void drop(List<Listener> gone) {
        for (Listener listener : gone) {
            listener.channel.eventLoop().execute(listener.dispatcher::retire);
            listener.channel.closeFuture().addListener(closed -> listeners.remove(listener));
        }
    }

    /**
     * Closes the channels of transfers that still exist, such as uploads that dally, without a further message. Must be
     * called after {@link #close}.
     *
     * @param timeout the longest time to wait for each listener
     */
    public void closeTransfers(Duration timeout) {
        for (Listener listener : listeners) {
            EventLoop loop = listener.channel.eventLoop();
            loop.submit(listener.dispatcher::closeTransfers).awaitUninterruptibly(timeout.toMillis());
        }
    }

    /** Closes the listening sockets. */
    public void close() {
        if (rescans != null) {
            rescans.cancel(false);
        }
        withoutFurther().forEach(listener -> listener.channel.close().syncUninterruptibly());
    }

    /**
     * Binds a socket for each event loop. The first one is bound without SO_REUSEPORT, so that binding fails if another
     * server has the port, and gets the option afterwards. The requests it receives from then on are served.
     *
     * @param beside the socket option that allows them besides the sockets of a wildcard, or null if there is no
     *     wildcard
     */
    private List<Listener> listen(InetSocketAddress address, ChannelOption<Boolean> beside) throws IOException {
        List<Listener> bound = new ArrayList<>();
        InetSocketAddress actual = address;
        try {
            for (EventExecutor loop : loops) {
                Bootstrap bootstrap = bootstrap(address.getAddress()).group((EventLoop) loop);
                if (beside != null) {
                    bootstrap.option(beside, true);
                }
                if (!bound.isEmpty()) {
                    transport.sharePort(bootstrap);
                }
                Channel channel = bind(bootstrap, actual);
                watch(channel);
                bound.add(Listener.of(channel));
                actual = (InetSocketAddress) channel.localAddress();
                if (!transport.sharesPorts()) {
                    break;
                }
                channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
                channel.config()
                        .setOption(ChannelOption.SO_REUSEADDR, false); // no socket of another process besides it
            }
        } catch (IOException e) {
            bound.forEach(listener -> listener.channel.close());
            throw e;
        }
        return bound;
    }

    private void watch(Channel channel) {
        shared.config().taps().forEach(tap -> tap.watch(channel.pipeline()));
    }

    private Bootstrap bootstrap(InetAddress address) {
        Bootstrap bootstrap =
                new Bootstrap().channelFactory(transport.socketsFor(address)).handler(initializer);
        transport.keepToOneFamily(bootstrap, address);
        prepare(bootstrap);
        return bootstrap;
    }

    private void prepare(Bootstrap bootstrap) {
        transport.reportDestination(bootstrap);
        transport.expect(bootstrap, LONGEST_REQUEST, true);
        bootstrap.option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER).option(ChannelOption.AUTO_READ, false);
    }

    private static Channel bind(Bootstrap bootstrap, InetSocketAddress address) throws IOException {
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw notBound(address, bound.cause());
        }
        return bound.channel();
    }

    private static IOException notBound(InetSocketAddress address, Throwable cause) {
        String message = String.valueOf(cause.getMessage()); // "bind(..) failed with error(-13): Permission denied"
        IOException failure = new BindException(AddressFormat.of(address.getAddress()) + " port " + address.getPort()
                + ": " + message.substring(message.lastIndexOf(": ") + 1).strip());
        failure.initCause(cause);
        return failure;
    }
}

package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.AddressFormat;
import dev.lockstep.tftp.channel.TransferContext;
import dev.lockstep.tftp.channel.Transport;
import dev.lockstep.tftp.server.storage.Storage;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * Binds the listening sockets: for each address one an event loop, among which the kernel shares the clients out. Beside
 * those of a wildcard there are such of single addresses, which the kernel prefers. Safe on any thread but the event
 * loops.
 */
final class ListeningSockets {
    private static final int LONGEST_REQUEST = 65507;

    /** Room for the requests of many machines that are switched on at once, and for uploads to a single port. */
    private static final int RECEIVE_BUFFER = 1 << 20;

    record Listener(Channel channel, ListenerHandler handler) {}

    private final ServerConfig config;
    private final TransferContext context;
    private final Transport transport;
    private final TransferQuota admission;
    private final EventLoopGroup loops;
    private final ListenerContext shared;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final List<LocalAddressSockets> wildcards = new ArrayList<>();
    private volatile BroadcastAddresses broadcasts;
    private boolean retired;

    ListeningSockets(
            ServerConfig config,
            TransferContext context,
            Transport transport,
            TransferQuota admission,
            EventLoopGroup loops,
            Function<Storage, FileOpenQueue> openings)
            throws SocketException {
        this.config = config;
        this.context = context;
        this.transport = transport;
        this.admission = admission;
        this.loops = loops;
        this.shared = new ListenerContext(
                this::isForMany,
                new PortPool(),
                new ConcurrentHashMap<>(),
                new ReplyBudget(config.unvalidated(), new SecureRandom().nextLong()),
                openings,
                new UnvalidatedTransfers(config.unvalidated().requests()),
                new EvictionQueue(config.maxTransfers()));
        this.broadcasts = BroadcastAddresses.ofThisMachine();
    }

    private boolean isForMany(InetAddress address) {
        return broadcasts.contains(address);
    }

    /** Binds an address of the configuration; gives it with its real port. */
    synchronized InetSocketAddress bind(InetSocketAddress address) throws IOException {
        return serve(listen(address, null), UnixChannelOption.SO_REUSEPORT);
    }

    /** Another process has bound it, perhaps to a port that is not ours to bind. */
    synchronized InetSocketAddress inherit(int descriptor) throws IOException {
        DatagramChannel socket = ActivatedSocket.at(descriptor, transport);
        ListenerHandler handler = new ListenerHandler(config, context, transport, admission, shared);
        Bootstrap bootstrap = new Bootstrap().channelFactory(() -> socket).handler(handler);
        prepare(bootstrap);
        bootstrap.option(ChannelOption.SO_REUSEADDR, true);
        ChannelFuture registered = bootstrap.group(loops.next()).register().awaitUninterruptibly();
        if (!registered.isSuccess()) {
            throw new IOException("inherited descriptor " + descriptor, registered.cause());
        }
        // whoever bound it may be another user: that one's sockets share no port with ours, but may let an address be
        // reused
        return serve(List.of(listener(socket, handler)), ChannelOption.SO_REUSEADDR);
    }

    /**
     * Begins to read from new sockets. Each IPv6 address behind a wildcard has its own sockets by then.
     *
     * @param beside what allows sockets of single addresses beside these
     */
    private InetSocketAddress serve(List<Listener> bound, ChannelOption<Boolean> beside) {
        listeners.addAll(bound);
        InetSocketAddress address = (InetSocketAddress) bound.get(0).channel.localAddress();
        if (address.getAddress().isAnyLocalAddress() && transport.sharesPorts()) {
            LocalAddressSockets own = new LocalAddressSockets(this, address, beside, context.io());
            wildcards.add(own);
            own.rescan();
            bound.forEach(listener -> listener.handler.passOnTo(own));
        }
        read(bound);
        return address;
    }

    private static void read(List<Listener> bound) {
        bound.forEach(listener -> listener.channel.config().setAutoRead(true));
    }

    /**
     * Binds a single address beside a wildcard.
     *
     * @param allowed the option that both have
     */
    synchronized List<Listener> bindBeside(InetSocketAddress address, ChannelOption<Boolean> allowed)
            throws IOException {
        if (retired) {
            throw new BindException("server is shutting down");
        }
        List<Listener> bound = listen(address, allowed);
        listeners.addAll(bound);
        read(bound);
        return bound;
    }

    /** Looks which addresses this machine has now. */
    void rescan() {
        List<LocalAddressSockets> all;
        synchronized (this) {
            all = retired ? List.of() : List.copyOf(wildcards);
        }
        try {
            broadcasts = BroadcastAddresses.ofThisMachine();
        } catch (SocketException ignored) {
            // the system does not tell now: the next look may
        }
        all.forEach(LocalAddressSockets::rescan);
    }

    /** Everything there is; nothing is added any more. */
    synchronized List<Listener> retire() {
        retired = true;
        return all();
    }

    List<Listener> all() {
        return List.copyOf(listeners);
    }

    /** Closes sockets whose address is gone. */
    void drop(List<Listener> gone) {
        for (Listener listener : gone) {
            listener.channel.eventLoop().execute(listener.handler::retire);
            listener.channel.closeFuture().addListener(closed -> listeners.remove(listener));
        }
    }

    void close() {
        retire().forEach(listener -> listener.channel.close().syncUninterruptibly());
    }

    /**
     * Binds a socket for each event loop. The first one shares its port only once it is bound: so it finds out about
     * another server's, and what it receives from then on is served.
     *
     * @param beside the option that allows them beside the sockets of a wildcard; null where there are none
     */
    private List<Listener> listen(InetSocketAddress address, ChannelOption<Boolean> beside) throws IOException {
        List<Listener> bound = new ArrayList<>();
        InetSocketAddress actual = address;
        try {
            for (EventExecutor loop : loops) {
                ListenerHandler handler = new ListenerHandler(config, context, transport, admission, shared);
                Bootstrap bootstrap = bootstrap(address.getAddress(), handler).group((EventLoop) loop);
                if (beside != null) {
                    bootstrap.option(beside, true);
                }
                if (!bound.isEmpty()) {
                    transport.sharePort(bootstrap);
                }
                Channel channel = bind(bootstrap, actual);
                bound.add(listener(channel, handler));
                actual = (InetSocketAddress) channel.localAddress();
                if (!transport.sharesPorts()) {
                    break;
                }
                channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
                channel.config().setOption(ChannelOption.SO_REUSEADDR, false); // nobody else's beside it
            }
        } catch (IOException e) {
            bound.forEach(listener -> listener.channel.close());
            throw e;
        }
        return bound;
    }

    private Listener listener(Channel channel, ListenerHandler handler) {
        config.taps().forEach(tap -> tap.watch(channel.pipeline()));
        return new Listener(channel, handler);
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
        IOException failure = new BindException(
                AddressFormat.of(address.getAddress()) + " port " + address.getPort() + ": " + cause.getMessage());
        failure.initCause(cause);
        return failure;
    }
}

package dev.lockstep.tftp.server;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.lockstep.tftp.codec.Strictness;
import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.internal.ServerConfig;
import dev.lockstep.tftp.server.internal.session.PmtuBlackHoleCache;
import dev.lockstep.tftp.server.storage.Storage;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Builds a {@link TftpServer}. Each method replaces or adds one setting and returns this builder. Not safe for use by
 * several threads.
 */
public final class TftpServerBuilder {
    /** The well-known port of TFTP. */
    public static final int TFTP_PORT = 69;

    /** The default memory of the daemon for file chunks of all transfers, in bytes. */
    public static final long BUFFER_MEMORY = 256 << 20;

    private static final int MAX_TRANSFERS = 10_000;

    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private final List<TransferListener> listeners = new ArrayList<>();
    private final List<PacketTap> taps = new ArrayList<>();
    private final List<ServerLifecycleListener> lifecycleListeners = new ArrayList<>();
    private final List<Integer> inherited = new ArrayList<>();
    private Integer port;
    private Storage storage;
    private TransferLimits limits;
    private RequestPolicy policy;
    private int maxTransfers = MAX_TRANSFERS;
    private int maxTransfersPerClient = shareOf(MAX_TRANSFERS);
    private AmplificationLimits amplificationLimits = AmplificationLimits.NORMAL;
    private long bufferMemory = Math.min(BUFFER_MEMORY, Runtime.getRuntime().maxMemory() / 4);
    private Duration drain = Duration.ofSeconds(30);
    private Duration drainDelay = Duration.ZERO;
    private Function<Object, ? extends Executor> ioExecutors;
    private EventLoopGroup sharedLoops;
    private int eventLoops = Runtime.getRuntime().availableProcessors();
    private Duration busyPoll = Duration.ZERO;
    private Boolean pathMtu;
    private final List<NetworkMtu> mtus = new ArrayList<>();
    private PortModes portModes = peer -> PortMode.EPHEMERAL;
    private boolean replica;
    private Strictness strictness = Strictness.STRICT;

    TftpServerBuilder() {}

    /**
     * Sets the storage of the files. There is no default; it is required unless there is a {@link #policy}.
     *
     * @param files serves all requests
     * @return this builder
     */
    public TftpServerBuilder storage(Storage files) {
        storage = files;
        return this;
    }

    /**
     * Listens on every address of this machine. Without this setting or any address, the server listens on port 69 of
     * every address.
     *
     * @param number the port; 0 takes a free one
     * @return this builder
     */
    public TftpServerBuilder port(int number) {
        port = number;
        return this;
    }

    /**
     * Adds an address to listen on.
     *
     * @param address the address; port 0 takes a free one
     * @return this builder
     */
    public TftpServerBuilder listen(InetSocketAddress address) {
        addresses.add(address);
        return this;
    }

    /**
     * Sets the limits of the negotiation and the timeouts of transfers.
     *
     * @param all the limits of all transfers
     * @return this builder
     */
    public TftpServerBuilder limits(TransferLimits all) {
        limits = all;
        return this;
    }

    /**
     * Sets the policy for each request. It decides about storage, limits and path MTU, so these cannot be set as well.
     *
     * @param each decides about each request
     * @return this builder
     */
    public TftpServerBuilder policy(RequestPolicy each) {
        policy = each;
        return this;
    }

    /**
     * Sets the limits of concurrent transfers. The defaults are 10,000 and a {@linkplain #shareOf quarter} of them.
     *
     * @param all the limit for all clients together
     * @param perClient the limit for one client, identified by its IPv4 address or IPv6 /64
     * @return this builder
     */
    public TftpServerBuilder maxTransfers(int all, int perClient) {
        maxTransfers = all;
        maxTransfersPerClient = perClient;
        return this;
    }

    /**
     * {@return the default limit for one client: a quarter of all transfers, at least one} So it takes more than three
     * hosts to use up all transfers, and a site of hundreds of machines behind one NAT address can still boot at once.
     *
     * @param maxTransfers the limit for all clients together
     */
    public static int shareOf(int maxTransfers) {
        return Math.max(1, maxTransfers / 4);
    }

    /**
     * Sets the limits for requests of unvalidated peers, whose source address may be spoofed. The default is {@link
     * AmplificationLimits#NORMAL}.
     *
     * @param limits one of the profiles, or limits of its own
     * @return this builder
     */
    public TftpServerBuilder amplificationLimits(AmplificationLimits limits) {
        amplificationLimits = limits;
        return this;
    }

    /**
     * Limits the memory for file chunks of all transfers together. The default is {@link #BUFFER_MEMORY}, or a quarter of the heap if that is less. It is direct
     * memory, and at most half of what the process may have.
     *
     * @param bytes the limit in bytes
     * @return this builder
     */
    public TftpServerBuilder bufferMemory(long bytes) {
        bufferMemory = bytes;
        return this;
    }

    /**
     * Sets how long running transfers may continue after {@link TftpServer#close}. The default is 30 s.
     *
     * @param longest the longest time to wait; zero to end them at once
     * @return this builder
     */
    public TftpServerBuilder drain(Duration longest) {
        drain = longest;
        return this;
    }

    /**
     * Sets how long the server still serves new requests after {@link TftpServer#close}, while it reports that it {@linkplain
     * TftpServer#isStopping is stopping}, so that a load balancer can send them elsewhere. The default is zero.
     *
     * @param time the time before the drain begins
     * @return this builder
     */
    public TftpServerBuilder drainDelay(Duration time) {
        drainDelay = time;
        return this;
    }

    /**
     * Sets the executors on which storages, sources and sinks are called. By default, the server has a pool of threads
     * for each group, and starts another thread in place of one whose file operation does not return. The server does
     * not shut down these executors.
     *
     * @param byGroup returns the executor for a {@link Storage#ioGroup}, such as the root directory; never null. Called
     *     once for each group, on any thread. It may return the same executor for all groups
     * @return this builder
     */
    public TftpServerBuilder ioExecutors(Function<Object, ? extends Executor> byGroup) {
        ioExecutors = byGroup;
        return this;
    }

    /**
     * Sets the number of event loop threads of the server's own. The default is one for each processor.
     *
     * @param threads the number of threads, at least 1
     * @return this builder
     */
    public TftpServerBuilder eventLoops(int threads) {
        eventLoops = threads;
        sharedLoops = null;
        return this;
    }

    /**
     * Sets the event loops of the embedding program, which several servers can share, instead of threads of the server's
     * own. They decide about the transport: those of NIO use NIO even where epoll is available. {@link TftpServer#stop}
     * closes the channels of the server and leaves the event loops running. A server on shared event loops cannot
     * {@linkplain #busyPoll poll}: {@link #start} refuses both together.
     *
     * @param shared event loops for NIO or epoll; must run until the server is stopped. Their threads must not start
     *     or stop the server
     * @return this builder
     */
    public TftpServerBuilder eventLoops(EventLoopGroup shared) {
        sharedLoops = shared;
        return this;
    }

    /**
     * Sets how long event loops poll for the next packet before they sleep. The default is zero. They poll while packets
     * arrive at shorter intervals and at most one transfer runs for every two processors, so a machine with one
     * processor never polls. A single lock-step client then gets its next block sooner, for the price of a processor
     * that is busy during its transfer. {@link #start} refuses polling on {@linkplain #eventLoops(EventLoopGroup) event
     * loops of the embedding program}.
     *
     * @param spin the longest time to poll for a packet; zero to sleep at once
     * @return this builder
     */
    public TftpServerBuilder busyPoll(Duration spin) {
        busyPoll = spin;
        return this;
    }

    /**
     * Sets whether blksize is limited by the path MTU, so that no datagram is fragmented. The default is true.
     *
     * @param capped whether blksize is limited
     * @return this builder
     */
    public TftpServerBuilder pathMtu(boolean capped) {
        pathMtu = capped;
        return this;
    }

    /**
     * Adds an MTU for the clients of a network, which replaces the path MTU. The first network that contains a client
     * applies.
     *
     * @param ofNetwork the MTU of a network
     * @return this builder
     */
    public TftpServerBuilder mtu(NetworkMtu ofNetwork) {
        mtus.add(ofNetwork);
        return this;
    }

    /**
     * Sets the port mode of each client. The default is an ephemeral port for each transfer.
     *
     * @param by returns the mode of a client, on event loops
     * @return this builder
     */
    public TftpServerBuilder portModes(PortModes by) {
        portModes = by;
        return this;
    }

    /**
     * Sets whether the server is one of several behind a load balancer that serve the same address. The default is
     * false. A replica is silent where another replica may answer: a datagram that belongs to no transfer gets
     * no ERROR 5, a peer that has been silent gets no ERROR when its transfer ends, and a request gets no reply while
     * the replica drains.
     *
     * @param oneOfSeveral whether there are other replicas
     * @return this builder
     */
    public TftpServerBuilder replica(boolean oneOfSeveral) {
        replica = oneOfSeveral;
        return this;
    }

    /**
     * Sets whether requests with minor violations of the RFCs are served. The default is {@link Strictness#STRICT}.
     *
     * @param of how such requests are treated
     * @return this builder
     */
    public TftpServerBuilder strictness(Strictness of) {
        strictness = of;
        return this;
    }

    /**
     * Adds an observer of transfers. It is called on event loops.
     *
     * @param listener called for each event, until the server has stopped
     * @return this builder
     */
    public TftpServerBuilder listener(TransferListener listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * Adds an observer of the datagrams and takes ownership of it. With an observer, bursts are sent as single
     * datagrams.
     *
     * @param tap closed when the server has stopped
     * @return this builder
     */
    public TftpServerBuilder tap(PacketTap tap) {
        taps.add(tap);
        return this;
    }

    /**
     * Listens on a UDP socket that the parent process has bound (socket activation), and takes ownership of it. The
     * server then does not listen on port 69 by default. One event loop serves the socket.
     *
     * @param descriptor the file descriptor of the socket
     * @return this builder
     */
    public TftpServerBuilder inherit(int descriptor) {
        inherited.add(descriptor);
        return this;
    }

    /**
     * Adds a listener that is notified when the server starts and stops, in the order of these calls.
     *
     * @param listener the listener
     * @return this builder
     */
    public TftpServerBuilder lifecycleListener(ServerLifecycleListener listener) {
        lifecycleListeners.add(listener);
        return this;
    }

    /**
     * Starts the server.
     *
     * @return the running server, with all addresses bound
     * @throws IOException if an address cannot be bound
     * @throws IllegalArgumentException if a setting is invalid; the message has the value and what was expected
     */
    public TftpServer start() throws IOException {
        return TftpServer.start(config());
    }

    /**
     * Checks the settings as {@link #start} does, without starting anything.
     *
     * @throws IllegalArgumentException if a setting is invalid
     */
    public void check() {
        config();
    }

    /** Returns the checked settings. */
    ServerConfig config() {
        if (sharedLoops != null && !busyPoll.isZero()) {
            throw new IllegalArgumentException(
                    "busy poll: " + busyPoll + " (expected: 0 beside event loops of the embedding program)");
        }
        List<TransferListener> all = new ArrayList<>(listeners);
        PmtuBlackHoleCache blackHoles =
                new PmtuBlackHoleCache(Ticker.systemTicker(), TransferListener.all(List.copyOf(listeners)));
        all.add(blackHoles);
        return new ServerConfig(
                addresses,
                portEverywhere(),
                blackHoles.withSmallBlocks(withMtus(requestPolicy())),
                maxTransfers,
                maxTransfersPerClient,
                amplificationLimits,
                bufferMemory,
                drain,
                drainDelay,
                ioExecutors,
                eventLoops,
                sharedLoops,
                busyPoll,
                portModes,
                replica,
                strictness,
                TransferListener.all(all),
                taps,
                lifecycleListeners,
                inherited);
    }

    private int portEverywhere() {
        if (port != null) {
            return port;
        }
        return addresses.isEmpty() && inherited.isEmpty() ? TFTP_PORT : ServerConfig.NOWHERE;
    }

    /** Returns the policy, or one with the same settings for all requests. */
    private RequestPolicy requestPolicy() {
        if (policy != null) {
            requireNot("storage", storage);
            requireNot("limits", limits);
            requireNot("path MTU", pathMtu);
            return policy;
        }
        if (storage == null) {
            throw new IllegalArgumentException("storage: none (expected: a storage or a policy)");
        }
        RequestSettings requestSettings = new RequestSettings(
                        storage, Objects.requireNonNullElse(limits, TransferLimits.DEFAULT))
                .withMtu(Boolean.FALSE.equals(pathMtu) ? RequestSettings.ANY_MTU : RequestSettings.PATH_MTU);
        return (request, peer) -> requestSettings;
    }

    private static void requireNot(String what, Object setting) {
        if (setting != null) {
            throw new IllegalArgumentException(what + ": set beside a policy (expected: only one of them)");
        }
    }

    private RequestPolicy withMtus(RequestPolicy each) {
        List<NetworkMtu> known = List.copyOf(mtus);
        return each.adjusted((requestSettings, peer) -> {
            OptionalInt mtu = NetworkMtu.of(peer, known);
            boolean open = requestSettings.mtu() == RequestSettings.PATH_MTU
                    || requestSettings.mtu() == RequestSettings.ANY_MTU;
            return open && mtu.isPresent() ? requestSettings.withMtu(mtu.getAsInt()) : requestSettings;
        });
    }
}

package dev.lockstep.tftp.server;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.lockstep.tftp.channel.PacketTap;
import dev.lockstep.tftp.codec.Strictness;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.transfer.Limits;
import dev.lockstep.tftp.transfer.TransferListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The settings of a server to be started. Each method replaces or adds one setting and returns this. */
public final class TftpServerBuilder {
    /** The well-known port. */
    public static final int TFTP_PORT = 69;

    private static final int MAX_TRANSFERS = 10_000;

    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private final List<TransferListener> listeners = new ArrayList<>();
    private final List<PacketTap> taps = new ArrayList<>();
    private final List<ServerLifecycleListener> companions = new ArrayList<>();
    private final List<Integer> inherited = new ArrayList<>();
    private Integer port;
    private Storage storage;
    private Limits limits = Limits.DEFAULT;
    private RequestPolicy policy;
    private int maxTransfers = MAX_TRANSFERS;
    private int maxTransfersPerClient = shareOf(MAX_TRANSFERS);
    private AmplificationLimits unvalidated = AmplificationLimits.DEFAULT;
    private long bufferMemory = Runtime.getRuntime().maxMemory() / 4;
    private Duration drain = Duration.ofSeconds(30);
    private int eventLoops = Runtime.getRuntime().availableProcessors();
    private Duration busyPoll = Duration.ZERO;
    private boolean pathMtu = true;
    private final List<NetworkMtu> mtus = new ArrayList<>();
    private PortModes portModes = peer -> PortMode.FRESH;
    private Strictness strictness = Strictness.STRICT;

    TftpServerBuilder() {}

    /** Where the files are. */
    public TftpServerBuilder storage(Storage files) {
        storage = files;
        return this;
    }

    /** Listens on every address of this machine; port 0 takes a free one. Without any address or this, on port 69. */
    public TftpServerBuilder port(int number) {
        port = number;
        return this;
    }

    /** Listens on that address, and on others that are given so; port 0 takes a free one. */
    public TftpServerBuilder listen(InetSocketAddress address) {
        addresses.add(address);
        return this;
    }

    /** What a transfer may ask for, and how long it may take. */
    public TftpServerBuilder limits(Limits all) {
        limits = all;
        return this;
    }

    /** How each request is treated; then the settings for all (storage, limits, path MTU) are without effect. */
    public TftpServerBuilder policy(RequestPolicy each) {
        policy = each;
        return this;
    }

    /**
     * How many transfers may run at once, and how many of one client: of an IPv4 address, or of an IPv6 /64. By default 10,000
     * and a {@linkplain #shareOf quarter} of them.
     */
    public TftpServerBuilder maxTransfers(int all, int perClient) {
        maxTransfers = all;
        maxTransfersPerClient = perClient;
        return this;
    }

    /**
     * Returns how many of that many transfers one client may have unless it is said: a quarter, at least one. It takes more
     * than three hosts to fill the server, and a site of hundreds of machines behind one NAT address still boots at once.
     */
    public static int shareOf(int maxTransfers) {
        return Math.max(1, maxTransfers / 4);
    }

    /** What is done for requests that nobody has answered yet: their sender may be made up. */
    public TftpServerBuilder unvalidated(AmplificationLimits bounds) {
        unvalidated = bounds;
        return this;
    }

    /** How many octets of files may be in memory for all transfers together. */
    public TftpServerBuilder bufferMemory(long octets) {
        bufferMemory = octets;
        return this;
    }

    /** How long running transfers may go on after {@link TftpServer#close}. */
    public TftpServerBuilder drain(Duration longest) {
        drain = longest;
        return this;
    }

    /** How many threads move packets. */
    public TftpServerBuilder eventLoops(int threads) {
        eventLoops = threads;
        return this;
    }

    /**
     * How long those threads go on looking for packets after there were some, before they sleep; zero by default. A lone
     * lock-step client then gets its next block sooner, and each thread keeps a core busy while there is traffic.
     */
    public TftpServerBuilder busyPoll(Duration spin) {
        busyPoll = spin;
        return this;
    }

    /** Whether blksize is kept small enough for the path's MTU, so that no datagram is fragmented. */
    public TftpServerBuilder pathMtu(boolean capped) {
        pathMtu = capped;
        return this;
    }

    /** Another MTU than the path's for the clients of a network; of several that fit the first counts. */
    public TftpServerBuilder mtu(NetworkMtu ofNetwork) {
        mtus.add(ofNetwork);
        return this;
    }

    /** Which port a client's transfers have; a fresh one each by default. */
    public TftpServerBuilder portModes(PortModes by) {
        portModes = by;
        return this;
    }

    /** Whether requests that break the rules of the RFCs a little are served. */
    public TftpServerBuilder strictness(Strictness of) {
        strictness = of;
        return this;
    }

    /** One more observer of transfers. */
    public TftpServerBuilder listener(TransferListener listener) {
        listeners.add(listener);
        return this;
    }

    /** One more look at the datagrams; taken over. While there is one, bursts leave as single datagrams. */
    public TftpServerBuilder tap(PacketTap tap) {
        taps.add(tap);
        return this;
    }

    /**
     * Listens on a UDP socket that whoever started this process has bound, by its descriptor; taken over. Then the port of
     * every address is no default any more. One event loop serves it.
     */
    public TftpServerBuilder inherit(int descriptor) {
        inherited.add(descriptor);
        return this;
    }

    /** One more thing that is to be there while requests are served. */
    public TftpServerBuilder companion(ServerLifecycleListener companion) {
        companions.add(companion);
        return this;
    }

    /**
     * Binds and serves.
     *
     * @throws IOException if an address can't be had
     * @throws IllegalArgumentException for a setting that makes no sense, with its value and what was expected
     */
    public TftpServer start() throws IOException {
        return TftpServer.start(config());
    }

    /** Refuses settings that make no sense, as {@link #start} does, without starting anything. */
    public void check() {
        config();
    }

    /** The settings, checked. */
    ServerConfig config() {
        List<TransferListener> all = new ArrayList<>(listeners);
        PmtuBlackHoleCache narrow =
                new PmtuBlackHoleCache(Ticker.systemTicker(), TransferListener.all(List.copyOf(listeners)));
        all.add(narrow);
        return new ServerConfig(
                addresses,
                portEverywhere(),
                narrow.narrowing(withMtus(policy == null ? sameForAll() : policy)),
                maxTransfers,
                maxTransfersPerClient,
                unvalidated,
                bufferMemory,
                drain,
                eventLoops,
                busyPoll,
                portModes,
                strictness,
                TransferListener.all(all),
                taps,
                companions,
                inherited);
    }

    private int portEverywhere() {
        if (port != null) {
            return port;
        }
        return addresses.isEmpty() && inherited.isEmpty() ? TFTP_PORT : ServerConfig.NOWHERE;
    }

    private RequestPolicy sameForAll() {
        RequestSettings requestSettings = new RequestSettings(storage, limits)
                .withMtu(pathMtu ? RequestSettings.PATH_MTU : RequestSettings.ANY_MTU);
        return (request, peer) -> requestSettings;
    }

    private RequestPolicy withMtus(RequestPolicy each) {
        List<NetworkMtu> known = List.copyOf(mtus);
        return (request, peer) -> {
            RequestSettings requestSettings = each.resolve(request, peer);
            OptionalInt octets = NetworkMtu.of(peer, known);
            boolean open = requestSettings.mtu() == RequestSettings.PATH_MTU
                    || requestSettings.mtu() == RequestSettings.ANY_MTU;
            return open && octets.isPresent() ? requestSettings.withMtu(octets.getAsInt()) : requestSettings;
        };
    }
}

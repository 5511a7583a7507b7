package dev.lockstep.tftp.server.internal;

import dev.lockstep.tftp.codec.Strictness;
import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.server.AmplificationLimits;
import dev.lockstep.tftp.server.PortModes;
import dev.lockstep.tftp.server.RequestPolicy;
import dev.lockstep.tftp.server.ServerLifecycleListener;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * The settings of a server. The constructor checks them.
 *
 * @param addresses the addresses to listen on
 * @param port the port to listen on at every address of this machine; 0 for a free one; {@link #NOWHERE} for none
 * @param policy chooses the settings of each request
 * @param maxTransfers limit of concurrent transfers
 * @param maxTransfersPerClient limit of concurrent transfers of one client, identified by its IPv4 address or IPv6 /64
 * @param amplificationLimits limits for requests of unvalidated peers
 * @param bufferMemory bytes of file chunks in memory, for all transfers together
 * @param drain how long running transfers may continue after a stop
 * @param drainDelay how long new requests are still served after a stop
 * @param ioExecutors returns the executor for the blocking operations of a group of storages; null for the default
 * @param eventLoops the number of event loop threads
 * @param sharedLoops the event loops of the embedding program; null if the server has its own
 * @param busyPoll how long an event loop polls after traffic before it sleeps
 * @param portModes chooses the port mode of a client
 * @param replica whether other replicas serve the same address; see {@link
 *     dev.lockstep.tftp.server.TftpServerBuilder#replica}
 * @param strictness how malformed requests are treated
 * @param listener observes the transfers
 * @param taps observe the packets
 * @param lifecycleListeners are notified when the server starts and stops
 * @param inherited descriptors of UDP sockets that are bound already; if there are any, no address is bound by default
 */
public record ServerConfig(
        List<InetSocketAddress> addresses,
        int port,
        RequestPolicy policy,
        int maxTransfers,
        int maxTransfersPerClient,
        AmplificationLimits amplificationLimits,
        long bufferMemory,
        Duration drain,
        Duration drainDelay,
        Function<Object, ? extends Executor> ioExecutors,
        int eventLoops,
        EventLoopGroup sharedLoops,
        Duration busyPoll,
        PortModes portModes,
        boolean replica,
        Strictness strictness,
        TransferListener listener,
        List<PacketTap> taps,
        List<ServerLifecycleListener> lifecycleListeners,
        List<Integer> inherited) {
    public static final int NOWHERE = -1;

    public ServerConfig {
        addresses = List.copyOf(addresses);
        taps = List.copyOf(taps);
        lifecycleListeners = List.copyOf(lifecycleListeners);
        inherited = List.copyOf(inherited);
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(portModes, "port modes");
        Objects.requireNonNull(amplificationLimits, "amplification limits");
        requireAtLeastOne("max transfers", maxTransfers);
        requireAtLeastOne("max transfers per client", maxTransfersPerClient);
        requireAtLeastOne("buffer memory", bufferMemory);
        requireAtLeastOne("event loops", eventLoops);
        if (port < NOWHERE || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
        requireNoLess("drain", drain);
        requireNoLess("drain delay", drainDelay);
        requireNoLess("busy poll", busyPoll);
    }

    private static void requireNoLess(String what, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: >= 0)");
        }
    }

    private static void requireAtLeastOne(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: >= 1)");
        }
    }
}

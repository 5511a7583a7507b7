package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.PacketTap;
import dev.lockstep.tftp.codec.Strictness;
import dev.lockstep.tftp.transfer.TransferListener;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The settings of a server; they check themselves.
 *
 * @param addresses where to listen
 * @param port where to listen on every address of this machine; 0 for a free one; {@link #NOWHERE} not to
 * @param policy how each request is treated
 * @param maxTransfers at once
 * @param maxTransfersPerClient at once, by the client's IPv4 address or IPv6 /64
 * @param unvalidated what is done for requests that nobody has answered yet
 * @param bufferMemory octets of file pieces, all transfers together
 * @param drain how long running transfers may go on after a stop
 * @param eventLoops threads that move packets
 * @param busyPoll how long such a thread spins after traffic
 * @param portModes which port a client's transfer has
 * @param inherited descriptors of UDP sockets that are bound already; where there are some, no address is a default
 */
record ServerConfig(
        List<InetSocketAddress> addresses,
        int port,
        RequestPolicy policy,
        int maxTransfers,
        int maxTransfersPerClient,
        AmplificationLimits unvalidated,
        long bufferMemory,
        Duration drain,
        int eventLoops,
        Duration busyPoll,
        PortModes portModes,
        Strictness strictness,
        TransferListener listener,
        List<PacketTap> taps,
        List<ServerLifecycleListener> companions,
        List<Integer> inherited) {
    static final int NOWHERE = -1;

    ServerConfig {
        addresses = List.copyOf(addresses);
        taps = List.copyOf(taps);
        companions = List.copyOf(companions);
        inherited = List.copyOf(inherited);
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(portModes, "port modes");
        Objects.requireNonNull(unvalidated, "unanswered");
        requireAtLeastOne("max transfers", maxTransfers);
        requireAtLeastOne("max transfers per client", maxTransfersPerClient);
        requireAtLeastOne("buffer memory", bufferMemory);
        requireAtLeastOne("event loops", eventLoops);
        if (port < NOWHERE || port > 65535) {
            throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
        }
        requireNoLess("drain", drain);
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

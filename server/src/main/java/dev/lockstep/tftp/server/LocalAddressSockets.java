package dev.lockstep.tftp.server;

import dev.lockstep.tftp.server.ListeningSockets.Listener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of the addresses behind one wildcard have listening sockets of their own. What leaves through a wildcard's
 * socket has the address that the system's routes say, not always the one that was asked; and a wildcard of IPv6
 * can't tell which one that was. So each IPv6 address has its own as soon as it is seen, an IPv4 address when somebody
 * asks there who is to be answered from the listening port.
 */
final class LocalAddressSockets {
    /** More than a machine has: those of a whole network that is routed to it stay with the wildcard. */
    private static final int MOST_ON_DEMAND = 256;

    private static final int EACCES = -13;
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    private final ListeningSockets sockets;
    private final InetSocketAddress wildcard;
    private final ChannelOption<Boolean> beside;
    private final Executor io;
    private final Map<InetAddress, List<Listener>> bound = new ConcurrentHashMap<>();
    private final Set<InetAddress> underWay = ConcurrentHashMap.newKeySet();
    /** Whether the last look found nothing new to bind. */
    private volatile boolean isSettled;

    private volatile boolean isDenied;
    private boolean warned;

    /**
     * Those behind a wildcard that is bound.
     *
     * @param beside the option by which the kernel allows sockets beside the wildcard's
     */
    LocalAddressSockets(
            ListeningSockets sockets, InetSocketAddress wildcard, ChannelOption<Boolean> beside, Executor io) {
        this.sockets = sockets;
        this.wildcard = wildcard;
        this.beside = beside;
        this.io = io;
    }

    private boolean isIpv6() {
        return wildcard.getAddress() instanceof Inet6Address;
    }

    /**
     * Sends a request on to a socket of the address it was sent to, which is made if need be; false if that can't be.
     * On the event loop of the wildcard's channel.
     */
    boolean passOn(DatagramPacket packet, Channel from) {
        InetAddress asked = packet.recipient().getAddress();
        if (asked.isAnyLocalAddress()) {
            return false; // nobody knows
        }
        List<Listener> own = bound.get(asked);
        if (own != null) {
            return !own.isEmpty() && passOn(packet.retain(), own, from);
        }
        if (bound.size() >= MOST_ON_DEMAND) {
            return false;
        }
        if (underWay.add(asked)) { // otherwise dropped: the client will ask again
            packet.retain();
            try {
                io.execute(() -> passOn(packet, claim(asked), from));
            } catch (RejectedExecutionException stopped) {
                packet.release();
            }
        }
        return true;
    }

    /** Takes over the packet, for which there is a socket on the same event loop, at worst the wildcard's again. */
    private static boolean passOn(DatagramPacket packet, List<Listener> own, Channel from) {
        Channel to = own.stream()
                .map(Listener::channel)
                .filter(channel -> channel.eventLoop() == from.eventLoop())
                .findFirst()
                .orElse(from);
        from.eventLoop().execute(() -> {
            to.pipeline().fireChannelRead(packet);
            to.pipeline().fireChannelReadComplete();
        });
        return true;
    }

    /** Gives an address its sockets; none if it can't have them now, and then the wildcard serves it. */
    private List<Listener> claim(InetAddress address) {
        List<Listener> own = List.of();
        try {
            own = sockets.bindBeside(new InetSocketAddress(address, wildcard.getPort()), beside);
        } catch (IOException e) {
            // not ready yet, or not for us
            if (e.getCause() instanceof NativeIoException cause && cause.expectedErr() == EACCES) {
                isDenied = true;
            }
        }
        bound.put(address, own);
        underWay.remove(address);
        return own;
    }

    /**
     * Whether a request of this peer that the wildcard's socket received may have been sent to several addresses, all of
     * which have sockets of their own since a short time only: the next copy will be received there.
     */
    boolean isAmbiguous(InetAddress peer) {
        return !isSettled
                && bound.entrySet().stream()
                                .filter(entry -> !entry.getValue().isEmpty() && isSameScope(entry.getKey(), peer))
                                .count()
                        > 1;
    }

    private static boolean isSameScope(InetAddress one, InetAddress other) {
        return one instanceof Inet6Address
                && one.isLoopbackAddress() == other.isLoopbackAddress()
                && one.isLinkLocalAddress() == other.isLinkLocalAddress();
    }

    /** Looks which addresses there are now, unless the system does not tell. Blocks. */
    synchronized void rescan() {
        Set<InetAddress> here = ConcurrentHashMap.newKeySet();
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> address instanceof Inet6Address == isIpv6())
                    .forEach(here::add);
        } catch (SocketException notNow) {
            return;
        }
        bound.values().removeIf(List::isEmpty); // another try
        int before = bound.size();
        for (InetAddress address : here) {
            if (isIpv6() && !bound.containsKey(address) && underWay.add(address)) {
                claim(address);
            }
        }
        isSettled = bound.values().stream().filter(own -> !own.isEmpty()).count() <= before;
        warnIfDenied(here);
        for (InetAddress address : bound.keySet()) {
            if (!here.contains(address) && !isLocal(address)) {
                sockets.drop(bound.remove(address));
            }
        }
    }

    private void warnIfDenied(Set<InetAddress> here) {
        boolean several = here.stream()
                .anyMatch(one ->
                        here.stream().filter(other -> isSameScope(one, other)).count() > 1);
        if (isDenied && several && !warned) {
            warned = true;
            LOG.warn(
                    "answers to IPv6 clients may leave from another address than the one asked: no right to bind a"
                            + " socket for each address to port {} (expected: CAP_NET_BIND_SERVICE)",
                    wildcard.getPort());
        }
    }

    /** Whether it is an address of this machine that no interface lists, as all of 127.0.0.0/8 are. */
    private static boolean isLocal(InetAddress address) {
        try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(address, 0))) {
            return probe.isBound();
        } catch (SocketException e) {
            return false;
        }
    }
}

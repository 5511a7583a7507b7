package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.event.DropReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.internal.listener.ListeningSockets.Listener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening sockets of single addresses behind one wildcard. A datagram that is sent through the wildcard's socket
 * has the source address that the routing table selects, which is not always the address that the request was sent to;
 * and a wildcard of IPv6 cannot tell the destination address of a request. So each IPv6 address gets its own socket as
 * soon as it is found. An IPv4 address gets one when a request to it has to be answered from the listening port.
 *
 * <p>As a handler of the wildcard's sockets, passes datagrams to the sockets of their destination addresses.
 */
@Sharable
final class LocalAddressSockets extends ChannelInboundHandlerAdapter {
    /**
     * More addresses than a machine usually has. If a whole network is routed to this machine, the wildcard serves the
     * other addresses.
     */
    private static final int MAX_ON_DEMAND = 256;

    private static final int EACCES = -13;
    private static final Logger LOG = LoggerFactory.getLogger("tftpd");

    private final ListeningSockets sockets;
    private final InetSocketAddress wildcard;
    private final ChannelOption<Boolean> beside;
    private final ListenerContext shared;
    private final Map<InetAddress, List<Listener>> bound = new ConcurrentHashMap<>();
    private final Set<InetAddress> binding = ConcurrentHashMap.newKeySet();
    /** True if the last scan found no new address to bind. */
    private volatile boolean isSettled;

    private volatile boolean isDenied;
    private boolean warned;

    /**
     * Creates the state for a bound wildcard.
     *
     * @param beside the socket option by which the kernel allows sockets besides the wildcard's
     */
    LocalAddressSockets(
            ListeningSockets sockets,
            InetSocketAddress wildcard,
            ChannelOption<Boolean> beside,
            ListenerContext shared) {
        this.sockets = sockets;
        this.wildcard = wildcard;
        this.beside = beside;
        this.shared = shared;
    }

    private boolean isIpv6() {
        return wildcard.getAddress() instanceof Inet6Address;
    }

    /**
     * Passes a datagram to a socket that is bound to its destination address, which a reply from the listening port
     * needs. A datagram whose destination address is not known, because it was received before the sockets of single
     * addresses were bound, is dropped if it may have been sent to any of them.
     */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        DatagramPacket packet = (DatagramPacket) msg;
        InetAddress asked = packet.recipient().getAddress();
        if (asked.isAnyLocalAddress()) {
            if (isAmbiguous(packet.sender().getAddress())) {
                packet.release();
                shared.transfers()
                        .listener()
                        .on(new TransferEvent.Dropped(packet.sender(), DropReason.UNKNOWN_DESTINATION));
            } else {
                ctx.fireChannelRead(packet);
            }
        } else if (shared.config().portModes().forPeer(packet.sender()) instanceof PortMode.Ephemeral
                || !passOn(packet, asked, ctx.channel())) {
            ctx.fireChannelRead(packet);
        }
    }

    /**
     * Passes a datagram to a socket of its destination address, which is bound if necessary.
     *
     * @param from the channel of the wildcard
     * @return false if there is no such socket and none can be bound; the caller then still owns the packet
     */
    private boolean passOn(DatagramPacket packet, InetAddress asked, Channel from) {
        List<Listener> own = bound.get(asked);
        if (own == null && bound.size() >= MAX_ON_DEMAND || own != null && own.isEmpty()) {
            return false;
        }
        if (own != null) {
            passOn(packet, own, from);
        } else if (binding.add(asked)) {
            try {
                shared.transfers().io().execute(() -> passOn(packet, claim(asked), from));
            } catch (RejectedExecutionException stopped) {
                packet.release();
            }
        } else {
            packet.release(); // the client retransmits its request
        }
        return true;
    }

    /**
     * Passes a packet to the socket on the same event loop, or back to the wildcard if there is none. Takes ownership
     * of the packet.
     */
    private static void passOn(DatagramPacket packet, List<Listener> own, Channel from) {
        Channel to = own.stream()
                .map(Listener::channel)
                .filter(channel -> channel.eventLoop() == from.eventLoop())
                .findFirst()
                .orElse(from);
        from.eventLoop().execute(() -> {
            to.pipeline().fireChannelRead(packet);
            to.pipeline().fireChannelReadComplete();
        });
    }

    /**
     * Binds the sockets of an address. Returns an empty list if that is not possible now; then the wildcard serves the
     * address.
     */
    private List<Listener> claim(InetAddress address) {
        List<Listener> own = List.of();
        try {
            own = sockets.bindBeside(new InetSocketAddress(address, wildcard.getPort()), beside);
        } catch (IOException e) {
            // the address is not ready yet, or may not be bound
            if (e.getCause() instanceof NativeIoException cause && cause.expectedErr() == EACCES) {
                isDenied = true;
            }
        }
        bound.put(address, own);
        binding.remove(address);
        return own;
    }

    /**
     * Returns true if a request that was received by the wildcard's socket may have been sent to any of several
     * addresses whose sockets have only just been bound. A retransmission will be received by the right socket.
     *
     * @param peer the source address of the request
     */
    private boolean isAmbiguous(InetAddress peer) {
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

    /**
     * Binds sockets of new addresses and closes those of removed ones. Does nothing if the system does not list its
     * addresses.
     */
    @Blocking
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
        bound.values().removeIf(List::isEmpty); // try these again
        int before = bound.size();
        for (InetAddress address : here) {
            if (isIpv6() && !bound.containsKey(address) && binding.add(address)) {
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
                    "replies to IPv6 clients may have the wrong source address: no permission to bind a"
                            + " socket for each address to port {} (expected: CAP_NET_BIND_SERVICE)",
                    wildcard.getPort());
        }
    }

    /** Returns true for an address of this machine that no interface lists, such as any of 127.0.0.0/8. */
    private static boolean isLocal(InetAddress address) {
        try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(address, 0))) {
            return probe.isBound();
        } catch (SocketException e) {
            return false;
        }
    }
}

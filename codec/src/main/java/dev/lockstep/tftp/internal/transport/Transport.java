package dev.lockstep.tftp.internal.transport;

import io.netty.bootstrap.AbstractBootstrap;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategyFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Ticker;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The way datagrams reach the kernel: epoll on Linux, NIO elsewhere. io_uring was measured and is not faster. */
public enum Transport {
    /**
     * epoll, on Linux only: segmented datagrams, many datagrams in one system call, and the destination address of
     * requests.
     */
    EPOLL,
    /** NIO, on any system. */
    NIO;

    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_IPV6 = 41;
    private static final IntegerUnixChannelOption IP_MTU = new IntegerUnixChannelOption("IP_MTU", IPPROTO_IP, 14);
    private static final IntegerUnixChannelOption IPV6_MTU = new IntegerUnixChannelOption("IPV6_MTU", IPPROTO_IPV6, 24);
    private static final IntegerUnixChannelOption IPV6_V6ONLY =
            new IntegerUnixChannelOption("IPV6_V6ONLY", IPPROTO_IPV6, 26);

    private static final IntegerUnixChannelOption IP_RECVERR =
            new IntegerUnixChannelOption("IP_RECVERR", IPPROTO_IP, 11);
    private static final IntegerUnixChannelOption IPV6_RECVERR =
            new IntegerUnixChannelOption("IPV6_RECVERR", IPPROTO_IPV6, 25);

    /** The largest buffer that the kernel joins datagrams into, and the longest datagram possible, in bytes. */
    private static final int MAX_RUN = 64 * 1024;

    /** The MTU of Ethernet in bytes, used if the MTU of the path is unknown. */
    public static final int ETHERNET_MTU = 1500;

    /** System property that selects a transport, {@code epoll} or {@code nio}, instead of the fastest one. */
    private static final String PROPERTY = "dev.lockstep.tftp.transport";

    /**
     * Returns the fastest transport available, or the one that the system property {@code dev.lockstep.tftp.transport}
     * names.
     *
     * @throws IllegalArgumentException if the property has another value
     */
    public static Transport best() {
        String named = System.getProperty(PROPERTY);
        if (named == null) {
            return Epoll.isAvailable() ? EPOLL : NIO;
        }
        return switch (named) {
            case "epoll" -> EPOLL;
            case "nio" -> NIO;
            default -> throw new IllegalArgumentException(PROPERTY + ": " + named + " (expected: epoll or nio)");
        };
    }

    /**
     * Returns the transport of event loops.
     *
     * @throws IllegalArgumentException if they are for neither epoll nor NIO
     */
    public static Transport of(EventLoopGroup loops) {
        if (loops instanceof IoEventLoopGroup known) {
            if (known.isIoType(NioIoHandler.class)) {
                return NIO;
            }
            if (Epoll.isAvailable() && known.isIoType(EpollIoHandler.class)) {
                return EPOLL;
            }
        }
        throw new IllegalArgumentException(
                "event loops: " + loops.getClass().getSimpleName() + " (expected: those of NIO or epoll)");
    }

    /** Returns whether an IPv6 socket receives only IPv6, so that each address family has sockets of its own. */
    public boolean separatesFamilies() {
        return this == EPOLL;
    }

    /**
     * Returns event loops that run on daemon threads.
     *
     * @param name the prefix of the thread names
     */
    public EventLoopGroup newGroup(int threads, String name) {
        return newGroup(threads, name, Duration.ZERO, () -> false);
    }

    /**
     * Returns event loops that run on daemon threads and poll for the next packet before they block, while packets
     * arrive at short intervals.
     *
     * @param name the prefix of the thread names
     * @param busyPoll how long to poll; zero to block at once
     * @param mayPoll returns whether an event loop may begin to poll; called on event loops before a wait
     */
    public EventLoopGroup newGroup(int threads, String name, Duration busyPoll, BooleanSupplier mayPoll) {
        SelectStrategyFactory strategy = busyPoll.isZero()
                ? DefaultSelectStrategyFactory.INSTANCE
                : () -> new BusyPoll(busyPoll, Ticker.systemTicker(), mayPoll);
        IoHandlerFactory handlers = this == EPOLL
                ? EpollIoHandler.newFactory(0, strategy)
                : NioIoHandler.newFactory(SelectorProvider.provider(), strategy);
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), handlers);
    }

    /** Returns a factory of datagram channels of the address's family. */
    public ChannelFactory<DatagramChannel> socketsFor(InetAddress address) {
        SocketProtocolFamily family = familyOf(address);
        return this == EPOLL ? () -> new EpollDatagramChannel(family) : () -> new NioDatagramChannel(family);
    }

    /** Returns a factory of TCP server channels of the address's family. */
    public ChannelFactory<ServerSocketChannel> serverSocketsFor(InetAddress address) {
        return this == EPOLL ? () -> new EpollServerSocketChannel(familyOf(address)) : NioServerSocketChannel::new;
    }

    private static SocketProtocolFamily familyOf(InetAddress address) {
        return address instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    }

    /** Returns whether the kernel supports segmented datagrams. */
    public boolean segments() {
        return this == EPOLL && EpollDatagramChannel.isSegmentedDatagramPacketSupported();
    }

    /** Restricts an IPv6 socket to IPv6. */
    public void keepToOneFamily(AbstractBootstrap<?, ?> bootstrap, InetAddress address) {
        if (this == EPOLL && address instanceof Inet6Address) {
            bootstrap.option(IPV6_V6ONLY, 1);
        }
    }

    /** Returns whether several sockets can be bound to one port, among which the kernel distributes the clients. */
    public boolean sharesPorts() {
        return this == EPOLL;
    }

    /**
     * Allows several sockets, each with its own event loop, to be bound to one port, if the transport supports that.
     */
    public void sharePort(Bootstrap bootstrap) {
        if (sharesPorts()) {
            bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
        }
    }

    /** Makes a wildcard socket report the destination address of each datagram (IPv4). */
    public void reportDestination(Bootstrap bootstrap) {
        if (this == EPOLL) {
            bootstrap.option(EpollChannelOption.IP_RECVORIGDSTADDR, true);
        }
    }

    /**
     * Sets whether an unconnected channel reports the ICMP errors for its datagrams as exceptions. They do not tell the
     * address that the datagram was sent to. Each stays in a queue of the socket, and keeps its event loop busy, until
     * the reports are switched off. No effect with NIO, and on a closed channel.
     *
     * @param ipv6 whether it is a channel for IPv6
     */
    public static void reportIcmpErrors(Channel channel, boolean ipv6, boolean reported) {
        if (channel.isOpen()) {
            channel.config().setOption(ipv6 ? IPV6_RECVERR : IP_RECVERR, reported ? 1 : 0);
        }
    }

    /** Returns whether an exception reports that no program receives datagrams on a port. */
    public static boolean isPortUnreachable(Throwable failure) {
        return failure instanceof PortUnreachableException
                || failure instanceof Errors.NativeIoException known
                        && known.expectedErr() == Errors.ERROR_ECONNREFUSED_NEGATIVE;
    }

    /**
     * Sets the size of the receive buffers. Netty's default of 2,048 bytes truncates longer datagrams silently. The
     * buffers are one byte larger than the longest valid datagram, so that a datagram that is too long can be
     * recognized.
     *
     * @param datagram the length of the longest valid datagram in bytes
     * @param bursts whether bursts are expected: the kernel may then pass a run of datagrams in one call
     */
    public void expect(Bootstrap bootstrap, int datagram, boolean bursts) {
        int room = datagram + 1;
        if (bursts && segments()) {
            bootstrap.option(EpollChannelOption.UDP_GRO, true);
            room = MAX_RUN;
        }
        bootstrap.option(
                ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT); // Netty's default allocates for each read
        bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(room));
    }

    /**
     * Returns the MTU, in bytes, of the path of a connected channel, or of the interface that the channel is bound to;
     * {@link #ETHERNET_MTU} if it is unknown.
     */
    public int pathMtu(DatagramChannel channel) {
        InetAddress local = channel.localAddress().getAddress();
        try {
            if (this == EPOLL) {
                return channel.config().getOption(local instanceof Inet6Address ? IPV6_MTU : IP_MTU);
            }
            NetworkInterface network = NetworkInterface.getByInetAddress(local);
            return network == null ? ETHERNET_MTU : network.getMTU();
        } catch (SocketException | RuntimeException e) {
            return ETHERNET_MTU;
        }
    }
}

package dev.lockstep.tftp.channel;

import io.netty.bootstrap.AbstractBootstrap;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
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
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Ticker;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;

/** How datagrams reach the kernel: epoll on Linux, NIO elsewhere. (io_uring was measured to be no faster.) */
public enum Transport {
    /** Linux: segmented datagrams, many datagrams a system call, the address that was asked. */
    EPOLL,
    /** Any system. */
    NIO;

    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_IPV6 = 41;
    private static final IntegerUnixChannelOption IP_MTU = new IntegerUnixChannelOption("IP_MTU", IPPROTO_IP, 14);
    private static final IntegerUnixChannelOption IPV6_MTU = new IntegerUnixChannelOption("IPV6_MTU", IPPROTO_IPV6, 24);
    private static final IntegerUnixChannelOption IPV6_V6ONLY =
            new IntegerUnixChannelOption("IPV6_V6ONLY", IPPROTO_IPV6, 26);

    /** The most the kernel joins, and the longest datagram there is. */
    private static final int MAX_RUN = 64 * 1024;

    /** The MTU of Ethernet, where the path's can't be told. */
    public static final int ETHERNET_MTU = 1500;

    /** Names the one to take, {@code epoll} or {@code nio}, if it is not to be the fastest. */
    private static final String PROPERTY = "dev.lockstep.tftp.transport";

    /**
     * The fastest one that works here, or the one that the system property {@code dev.lockstep.tftp.transport} names.
     *
     * @throws IllegalArgumentException if it names none
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

    /** Whether a socket of IPv6 takes only that, so that each family has sockets of its own. */
    public boolean separatesFamilies() {
        return this == EPOLL;
    }

    /** Event loops of daemon threads. */
    public EventLoopGroup newGroup(int threads, String name) {
        return newGroup(threads, name, Duration.ZERO);
    }

    /** Event loops of daemon threads that spin for that long after traffic, before they go to sleep. */
    public EventLoopGroup newGroup(int threads, String name, Duration busyPoll) {
        SelectStrategyFactory strategy = busyPoll.isZero()
                ? DefaultSelectStrategyFactory.INSTANCE
                : () -> new BusyPoll(busyPoll, Ticker.systemTicker());
        IoHandlerFactory handlers = this == EPOLL
                ? EpollIoHandler.newFactory(0, strategy)
                : NioIoHandler.newFactory(SelectorProvider.provider(), strategy);
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name, true), handlers);
    }

    /** Sockets of the address's family. */
    public ChannelFactory<DatagramChannel> socketsFor(InetAddress address) {
        SocketProtocolFamily family = familyOf(address);
        return this == EPOLL ? () -> new EpollDatagramChannel(family) : () -> new NioDatagramChannel(family);
    }

    /** Sockets for TCP listeners of the address's family. */
    public ChannelFactory<ServerSocketChannel> serverSocketsFor(InetAddress address) {
        return this == EPOLL ? () -> new EpollServerSocketChannel(familyOf(address)) : NioServerSocketChannel::new;
    }

    private static SocketProtocolFamily familyOf(InetAddress address) {
        return address instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    }

    /** Whether the kernel takes segmented datagrams. */
    public boolean segments() {
        return this == EPOLL && EpollDatagramChannel.isSegmentedDatagramPacketSupported();
    }

    /** Leaves IPv4 to other sockets, where this one is IPv6. */
    public void keepToOneFamily(AbstractBootstrap<?, ?> bootstrap, InetAddress address) {
        if (this == EPOLL && address instanceof Inet6Address) {
            bootstrap.option(IPV6_V6ONLY, 1);
        }
    }

    /** Whether several sockets can have one port and share its clients out. */
    public boolean sharesPorts() {
        return this == EPOLL;
    }

    /** Lets several sockets have one port, each with its own event loop, where that can be. */
    public void sharePort(Bootstrap bootstrap) {
        if (sharesPorts()) {
            bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
        }
    }

    /** Has a wildcard socket tell which address a datagram was sent to (IPv4). */
    public void tellAddressAsked(Bootstrap bootstrap) {
        if (this == EPOLL) {
            bootstrap.option(EpollChannelOption.IP_RECVORIGDSTADDR, true);
        }
    }

    /**
     * Makes room for datagrams of that size. Netty's default of 2,048 octets would cut longer ones in silence; one
     * octet more than can be right shows that a datagram is too long.
     *
     * @param bursts whether many will come at once: then the kernel may hand over a run of them in one call
     */
    public void expect(Bootstrap bootstrap, int datagram, boolean bursts) {
        int room = datagram + 1;
        if (bursts && segments()) {
            bootstrap.option(EpollChannelOption.UDP_GRO, true);
            room = MAX_RUN;
        }
        bootstrap.option(
                ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT); // Netty's own choice makes garbage a read
        bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(room));
    }

    /** The MTU of the path of a connected channel, else of the interface it is bound to. */
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

package dev.lockstep.tftp.client.conform;

import dev.lockstep.tftp.internal.capture.PacketCapture;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** UDP sockets of this machine. The methods of a socket block, so they must not be called on an event loop. */
final class UdpNetwork implements Network, AutoCloseable {
    private static final int LARGEST_DATAGRAM = 65536;
    private static final int RECEIVE_BUFFER = 1 << 20;
    /** Datagrams of one socket that wait to be processed. Further ones are dropped, as by a full receive buffer. */
    private static final int MOST_WAITING = 4096;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("tftp-conform", true), NioIoHandler.newFactory());
    private final InetAddress local;
    private final boolean captures;

    /**
     * Creates a network.
     *
     * @param local the address to bind sockets to
     * @param captures whether datagrams are captured
     */
    UdpNetwork(InetAddress local, boolean captures) {
        this.local = local;
        this.captures = captures;
    }

    @Override
    public Endpoint open(Capture capture) throws IOException {
        Socket socket = new Socket();
        ChannelFuture bound = new Bootstrap()
                .group(loops)
                .channel(NioDatagramChannel.class)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LARGEST_DATAGRAM))
                .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(socket);
                        if (capture instanceof PcapBytes pcap) {
                            pcap.packets.watch(channel.pipeline());
                        }
                    }
                })
                .bind(local, 0)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        socket.channel = bound.channel();
        return socket;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void sleep(long nanos) {
        long end = System.nanoTime() + nanos;
        while (end - System.nanoTime() > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    @Override
    public Capture newCapture() {
        return captures ? new PcapBytes() : null;
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    /** A capture in memory. */
    private static final class PcapBytes implements Capture {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final PacketCapture packets;

        PcapBytes() {
            try {
                packets = new PacketCapture(bytes, failure -> {});
            } catch (IOException e) {
                throw new IllegalStateException(e); // memory does not fail
            }
        }

        @Override
        public byte[] finish() {
            packets.close();
            return bytes.toByteArray();
        }
    }

    private static final class Socket extends SimpleChannelInboundHandler<DatagramPacket> implements Endpoint {
        private final BlockingQueue<Received> queue = new LinkedBlockingQueue<>(MOST_WAITING);
        private Channel channel;

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
            queue.offer(new Received(packet.sender(), ByteBufUtil.getBytes(packet.content()), System.nanoTime()));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // an ICMP error; what was not received is reported as missing
        }

        @Override
        public InetSocketAddress address() {
            return (InetSocketAddress) channel.localAddress();
        }

        @Override
        public void send(InetSocketAddress to, byte[] datagram) {
            channel.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(datagram), to));
        }

        @Override
        public Received receive(long nanos) {
            try {
                return queue.poll(nanos, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw CheckEnd.skipped("interrupted");
            }
        }

        @Override
        public void close() {
            channel.close().awaitUninterruptibly();
        }
    }
}

package dev.lockstep.tftp.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A datagram that arrived before the peer closed its socket is read although the socket reports the error first. */
class PortUnreachableTest {
    @ParameterizedTest
    @EnumSource(Transport.class)
    void a_datagram_that_arrived_before_is_read(Transport transport) throws Exception {
        boolean epoll = transport == Transport.EPOLL;
        assumeTrue(!epoll || Epoll.isAvailable());
        List<String> events = new CopyOnWriteArrayList<>();
        CountDownLatch read = new CountDownLatch(1);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(1, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        DatagramSocket peer = new DatagramSocket(0, loopback);
        try {
            Channel channel = new Bootstrap()
                    .group(loops)
                    .channel(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
                    .handler(new Recorder(events, read))
                    .connect(peer.getLocalSocketAddress(), new InetSocketAddress(loopback, 0))
                    .sync()
                    .channel();
            // the event loop is busy while the peer sends and closes, so it finds the datagram and the error together
            channel.eventLoop()
                    .submit(() -> {
                        peer.send(new DatagramPacket(new byte[] {0, 4, 0, 1}, 4, channel.localAddress()));
                        peer.close();
                        channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {0, 3, 0, 1}));
                        return null;
                    })
                    .get(10, TimeUnit.SECONDS);
            assertThat(read.await(10, TimeUnit.SECONDS)).as(events.toString()).isTrue();
        } finally {
            peer.close();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
        assertThat(events).containsExactly("error", "datagram");
    }

    @Test
    void a_reported_error_does_not_keep_the_event_loop_busy() throws Exception {
        assumeTrue(Epoll.isAvailable());
        InetAddress loopback = InetAddress.getLoopbackAddress();
        int closedPort;
        try (DatagramSocket closed = new DatagramSocket(0, loopback)) {
            closedPort = closed.getLocalPort();
        }
        CountDownLatch reported = new CountDownLatch(1);
        AtomicInteger reads = new AtomicInteger();
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            Channel channel = new Bootstrap()
                    .group(loops)
                    .channelFactory(() -> new EpollDatagramChannel(SocketProtocolFamily.INET))
                    .handler(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelReadComplete(ChannelHandlerContext context) {
                            reads.incrementAndGet();
                        }

                        @Override
                        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                            Transport.reportIcmpErrors(context.channel(), false, false); // removes it
                            Transport.reportIcmpErrors(context.channel(), false, true);
                            reported.countDown();
                        }
                    })
                    .bind(new InetSocketAddress(loopback, 0))
                    .sync()
                    .channel();
            Transport.reportIcmpErrors(channel, false, true);
            channel.writeAndFlush(new io.netty.channel.socket.DatagramPacket(
                            Unpooled.wrappedBuffer(new byte[] {0, 1}), new InetSocketAddress(loopback, closedPort)))
                    .sync();
            assertThat(reported.await(10, TimeUnit.SECONDS)).isTrue();
            channel.eventLoop().schedule(() -> {}, 50, TimeUnit.MILLISECONDS).sync();
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
        assertThat(reads).as("reads of nothing").hasValueLessThan(10);
    }

    private static final class Recorder extends ChannelInboundHandlerAdapter {
        private final List<String> events;
        private final CountDownLatch read;

        private Recorder(List<String> events, CountDownLatch read) {
            this.events = events;
            this.read = read;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
            events.add("datagram");
            read.countDown();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            events.add(cause instanceof PortUnreachableException ? "error" : cause.toString());
        }
    }
}

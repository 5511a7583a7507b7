package dev.lockstep.tftp.client.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SocketPoolTest {
    private static final Duration QUIET_TIME = Duration.ofMillis(100);
    private static final ClientSockets.Needs SMALL = new ClientSockets.Needs(false, 1000, 1500, false);
    private static final ClientSockets.Needs LARGE = new ClientSockets.Needs(false, 9000, 1500, true);
    private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.1", 69);
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.2", 5000);

    private final MockTicker time = Ticker.newMockTicker();
    private final List<EmbeddedChannel> opened = new ArrayList<>();
    private final EmbeddedChannel other = EmbeddedChannel.builder().ticker(time).build();
    private final Opener fresh = new Opener();
    private final PreviousPeers previousPeers = new PreviousPeers();
    private final SocketPool sockets = new SocketPool(fresh, QUIET_TIME, previousPeers);

    private final class Opener implements ClientSockets {
        private boolean isEmpty;

        @Override
        public void open(
                EventLoop loop, Needs needs, Consumer<ChannelPipeline> addHandlers, Consumer<Throwable> failed) {
            if (isEmpty) {
                failed.accept(new BindException("no port"));
                return;
            }
            opened.add(EmbeddedChannel.builder()
                    .ticker(time)
                    .handlers(new ChannelInitializer<EmbeddedChannel>() {
                        @Override
                        protected void initChannel(EmbeddedChannel channel) {
                            addHandlers.accept(channel.pipeline());
                        }
                    })
                    .build());
        }

        @Override
        public void close() {
            isEmpty = true;
        }
    }

    private static final class Transfer extends ChannelInboundHandlerAdapter {
        private ChannelHandlerContext ctx;
        private Throwable failure;
        private boolean isInactive;
        private int datagrams;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            ctx = context;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object msg) {
            datagrams++;
            ((DatagramPacket) msg).release();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            failure = cause;
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            isInactive = true;
        }
    }

    @AfterEach
    void nothing_is_left_in_any_socket() {
        sockets.close();
        opened.add(other);
        for (EmbeddedChannel channel : opened) {
            assertThat(channel.finish()).isFalse();
        }
    }

    private Transfer begin(ClientSockets.Needs needs) {
        Transfer transfer = new Transfer();
        sockets.open(
                other.eventLoop(),
                needs,
                pipeline -> pipeline.addLast(transfer),
                failure -> transfer.failure = failure);
        return transfer;
    }

    private static DatagramPacket datagram(int... bytes) {
        ByteBuf content = Unpooled.buffer();
        for (int value : bytes) {
            content.writeByte(value);
        }
        return new DatagramPacket(content, CLIENT, SERVER);
    }

    private void later(long millis) {
        time.advance(millis, TimeUnit.MILLISECONDS);
    }

    @Test
    void a_socket_is_reused_after_the_quiet_time() {
        Transfer first = begin(SMALL);
        first.ctx.close();
        later(100);
        Transfer second = begin(SMALL);
        assertThat(opened).hasSize(1);
        assertThat(second.ctx.channel()).isSameAs(first.ctx.channel());
        opened.get(0).writeInbound(datagram(0, 4, 0, 0));
        assertThat(second.datagrams).isEqualTo(1);
        assertThat(first.datagrams).isZero();
        assertThat(first.isInactive).isFalse();
    }

    @Test
    void a_socket_is_not_reused_during_the_quiet_time() {
        Transfer first = begin(SMALL);
        first.ctx.close();
        later(99);
        Transfer second = begin(SMALL);
        assertThat(second.ctx.channel()).isNotSameAs(first.ctx.channel());
    }

    @Test
    void a_socket_in_use_is_not_reused() {
        Transfer first = begin(SMALL);
        later(1000);
        assertThat(begin(SMALL).ctx.channel()).isNotSameAs(first.ctx.channel());
    }

    @Test
    void a_socket_with_other_requirements_is_not_reused() {
        Transfer first = begin(SMALL);
        first.ctx.close();
        later(1000);
        assertThat(begin(LARGE).ctx.channel()).isNotSameAs(first.ctx.channel());
    }

    @Test
    void without_free_ports_a_socket_is_reused_during_the_quiet_time() {
        Transfer first = begin(SMALL);
        first.ctx.close();
        fresh.close();
        assertThat(begin(SMALL).ctx.channel()).isSameAs(first.ctx.channel());
        assertThat(begin(SMALL).failure).isInstanceOf(BindException.class);
    }

    @Test
    @Tag("case-3")
    void case03_a_late_datagram_reaches_no_transfer_and_is_answered_with_error_5() {
        begin(SMALL).ctx.close();
        opened.get(0).writeInbound(datagram(0, 3, 0, 9));
        DatagramPacket reply = opened.get(0).readOutbound();
        assertThat(reply.recipient()).isEqualTo(SERVER);
        assertThat(reply.content().getShort(0)).isEqualTo((short) 5);
        assertThat(reply.content().getShort(2)).isEqualTo((short) 5);
        reply.release();
    }

    /** A repeated request that is read after the end of its transfer starts another one, whose port soon closes. */
    @Test
    @Tag("case-3")
    void case03_the_sender_of_a_late_datagram_is_a_previous_peer_like_that_of_the_transfer() {
        Transfer transfer = begin(SMALL);
        InetSocketAddress peer = new InetSocketAddress("192.0.2.1", 4000);
        previousPeers.add(transfer.ctx.channel(), peer);
        transfer.ctx.close();
        InetSocketAddress late = new InetSocketAddress("192.0.2.1", 4001);
        opened.get(0).writeInbound(new DatagramPacket(datagram(0, 6, 0).content(), CLIENT, late));
        assertThat(previousPeers.of(opened.get(0), SERVER)).containsExactly(late, peer);
        DatagramPacket error = opened.get(0).readOutbound();
        assertThat(error.recipient()).isEqualTo(late);
        error.release();
    }

    @Test
    void a_failed_socket_is_closed_and_not_reused() {
        Transfer first = begin(SMALL);
        opened.get(0).pipeline().fireExceptionCaught(new IOException("broken"));
        assertThat(first.failure).hasMessage("broken");
        first.ctx.close();
        assertThat(opened.get(0).isOpen()).isFalse();
        later(1000);
        assertThat(begin(SMALL).ctx.channel()).isNotSameAs(first.ctx.channel());
    }

    @Test
    void a_socket_closed_in_the_pool_is_not_reused() {
        Transfer first = begin(SMALL);
        first.ctx.close();
        opened.get(0).unsafe().close(opened.get(0).newPromise());
        later(1000);
        assertThat(begin(SMALL).ctx.channel()).isNotSameAs(first.ctx.channel());
    }

    @Test
    void after_the_client_is_closed_no_socket_is_kept() {
        Transfer transfer = begin(SMALL);
        sockets.close();
        transfer.ctx.close();
        assertThat(opened.get(0).isOpen()).isFalse();
        assertThat(transfer.isInactive).isTrue();
    }
}

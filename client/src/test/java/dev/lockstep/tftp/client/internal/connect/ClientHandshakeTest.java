package dev.lockstep.tftp.client.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.internal.file.ByteArraySink;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.file.BufferBudget;
import dev.lockstep.tftp.internal.channel.file.SourceChunkReader;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.TransferLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ClientHandshakeTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.1", 2000);
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.2", 3000);
    private static final ReadRequest REQUEST =
            new ReadRequest("f", TransferMode.OCTET, Options.NONE.with(KnownOption.BLKSIZE.with(1428)));

    private final EmbeddedChannel channel = new EmbeddedChannel(false, false);
    private final List<TransferEvent> events = new ArrayList<>();
    private final PreviousPeers previousPeers = new PreviousPeers();

    private final class OneSocket implements ClientSockets {
        @Override
        public void open(
                EventLoop loop, Needs needs, Consumer<ChannelPipeline> addHandlers, Consumer<Throwable> failed) {
            addHandlers.accept(channel.pipeline());
        }

        @Override
        public void close() {
            // the test closes the channel
        }
    }

    private TransferContext context() {
        return new TransferContext(
                TransferLimits.DEFAULT,
                Runnable::run,
                new BufferBudget(1 << 20),
                PooledByteBufAllocator.DEFAULT,
                false,
                events::add,
                1 << 20,
                RateLimiter.UNLIMITED,
                SourceChunkReader::new);
    }

    private ClientHandshake handshake(Consumer<TftpException> refused) {
        RemoteFile remote = new RemoteFile("192.0.2.1", 69, "f", TransferMode.OCTET);
        ClientOperation operation = ClientOperation.Download.of(remote, new ByteArraySink(), new CompletableFuture<>());
        return new ClientHandshake(
                operation,
                new TransferEvent.Requested(1, SERVER, REQUEST),
                context(),
                Duration.ofSeconds(30),
                previousPeers,
                refused);
    }

    @Test
    void a_cancelled_handshake_without_a_reply_closes_its_socket_at_the_next_timeout() throws Exception {
        MockTicker time = Ticker.newMockTicker();
        List<TftpException> refusals = new ArrayList<>();
        ClientHandshake handshake = handshake(refusals::add);
        EmbeddedChannel socket =
                EmbeddedChannel.builder().ticker(time).register(false).build();
        handshake.addTo(socket.pipeline());
        socket.register();
        ((DatagramPacket) socket.readOutbound()).release();

        handshake.cancel(new TftpException(ErrorCode.NOT_DEFINED, "cancelled"));
        assertThat(refusals)
                .singleElement()
                .satisfies(cause -> assertThat(cause).hasMessage("cancelled"));
        assertThat(socket.isOpen()).isTrue();
        time.advance(1, TimeUnit.MINUTES);
        socket.runScheduledPendingTasks();
        assertThat(socket.isOpen()).isFalse();
        assertThat(refusals).hasSize(1);
        assertThat(socket.finish()).as("retransmitted").isFalse();
    }

    @Test
    void a_first_reply_that_ends_the_transfer_leaves_no_handler_and_no_buffer_on_a_pooled_socket() throws Exception {
        ClientHandshake handshake = handshake(no -> {});
        SocketPool sockets = new SocketPool(new OneSocket(), Duration.ofMillis(100), previousPeers);
        ClientSockets.Needs needs = new ClientSockets.Needs(false, 1, 1500, false);
        sockets.open(new EmbeddedChannel().eventLoop(), needs, handshake::addTo, no -> {});
        channel.register();
        ((DatagramPacket) channel.readOutbound()).release();

        ByteBuf tooLong = Unpooled.buffer().writeShort(3).writeShort(1).writeZero(513); // without an OACK before
        channel.writeInbound(new DatagramPacket(tooLong, CLIENT, SERVER));

        DatagramPacket error = channel.readOutbound();
        assertThat(error.content().getShort(0)).as("opcode").isEqualTo((short) 5);
        error.release();
        assertThat(events).last().isInstanceOf(TransferEvent.Ended.class);
        assertThat(channel.pipeline().get(ClientHandshake.class)).isNull();
        assertThat(tooLong.refCnt()).isZero();
        sockets.close();
        assertThat(channel.finish()).isFalse();
    }

    private static void discardRequest(EmbeddedChannel socket) {
        ((DatagramPacket) socket.readOutbound()).release();
    }

    private EmbeddedChannel connect(ClientHandshake handshake, MockTicker time) throws Exception {
        EmbeddedChannel socket =
                EmbeddedChannel.builder().ticker(time).register(false).build();
        handshake.addTo(socket.pipeline());
        socket.register();
        discardRequest(socket);
        return socket;
    }

    @Test
    void a_server_without_an_answer_is_named_with_the_number_of_requests() throws Exception {
        MockTicker time = Ticker.newMockTicker();
        List<TftpException> refusals = new ArrayList<>();
        EmbeddedChannel socket = connect(handshake(refusals::add), time);
        int requests = 1;
        while (refusals.isEmpty()) {
            time.advance(1, TimeUnit.SECONDS);
            socket.runScheduledPendingTasks();
            if (socket.outboundMessages().size() > 0) {
                discardRequest(socket);
                requests++;
            }
        }
        assertThat(refusals.get(0)).hasMessage("timed out: no answer").matches(TftpException::isTimeout);
        assertThat(refusals.get(0).reason())
                .isEqualTo("no answer from 192.0.2.1:2000 in 30 s (asked " + requests + " times)");
        assertThat(time.nanoTime()).isEqualTo(Duration.ofSeconds(30).toNanos());
    }

    @Test
    void an_unreachable_port_is_confirmed_by_a_second_request() throws Exception {
        List<TftpException> refusals = new ArrayList<>();
        EmbeddedChannel socket = connect(handshake(refusals::add), Ticker.newMockTicker());
        socket.pipeline().fireExceptionCaught(new PortUnreachableException());
        discardRequest(socket);
        assertThat(refusals).as("may be for an ERROR to an unknown TID").isEmpty();
        socket.pipeline().fireExceptionCaught(new PortUnreachableException());
        assertThat(refusals)
                .singleElement()
                .satisfies(cause ->
                        assertThat(cause.reason()).isEqualTo("no server at 192.0.2.1:2000 (port unreachable)"));
        assertThat(socket.isOpen()).isFalse();
        assertThat(socket.finish()).isFalse();
    }

    @Test
    void an_unreachable_host_is_asked_until_the_timeout_which_then_tells_it() throws Exception {
        MockTicker time = Ticker.newMockTicker();
        List<TftpException> refusals = new ArrayList<>();
        EmbeddedChannel socket = connect(handshake(refusals::add), time);
        socket.pipeline()
                .fireExceptionCaught(new IOException("recvmmsg(..) failed with error(-113): No route to host"));
        assertThat(refusals).isEmpty();
        time.advance(30, TimeUnit.SECONDS);
        socket.runScheduledPendingTasks();
        assertThat(refusals)
                .singleElement()
                .satisfies(cause -> assertThat(cause.reason()).endsWith("(asked once: no route to host)"));
        socket.finishAndReleaseAll();
    }

    @Test
    @Tag("case-3")
    void case03_late_data_on_a_reused_port_is_not_taken_for_a_reply() throws Exception {
        InetSocketAddress late = new InetSocketAddress("192.0.2.1", 4000);
        previousPeers.add(activeChannel(), late);
        MockTicker time = Ticker.newMockTicker();
        List<TftpException> refusals = new ArrayList<>();
        EmbeddedChannel reused =
                EmbeddedChannel.builder().ticker(time).register(false).build();
        handshake(refusals::add).addTo(reused.pipeline());
        reused.register();
        ((DatagramPacket) reused.readOutbound()).release();

        reused.writeInbound(data(1, late));
        assertThat(errorTo(late, reused)).as("unknown transfer ID").isEqualTo(5);
        reused.writeInbound(
                new DatagramPacket(Unpooled.buffer().writeShort(5).writeShort(0).writeByte(0), CLIENT, late));
        assertThat(events).as("no transfer").noneMatch(TransferEvent.Started.class::isInstance);
        assertThat(refusals).as("no failure").isEmpty();

        reused.writeInbound(data(1, new InetSocketAddress("192.0.2.1", 4001)));
        assertThat(events).last().isInstanceOf(TransferEvent.Ended.class);
        assertThat(refusals).isEmpty();
        ((DatagramPacket) reused.readOutbound()).release(); // ACK 1
        assertThat(reused.finish()).isFalse();
    }

    @Test
    void a_server_may_use_its_previous_tid_for_the_reply_to_a_repeated_request() throws Exception {
        InetSocketAddress onlyPort = new InetSocketAddress("192.0.2.1", 4000);
        previousPeers.add(activeChannel(), onlyPort);
        MockTicker time = Ticker.newMockTicker();
        EmbeddedChannel reused =
                EmbeddedChannel.builder().ticker(time).register(false).build();
        handshake(no -> {}).addTo(reused.pipeline());
        reused.register();
        ((DatagramPacket) reused.readOutbound()).release();

        reused.writeInbound(data(1, onlyPort));
        assertThat(errorTo(onlyPort, reused)).isEqualTo(5);
        time.advance(5, TimeUnit.SECONDS);
        reused.runScheduledPendingTasks();
        ((DatagramPacket) reused.readOutbound()).release(); // the request
        reused.writeInbound(data(1, onlyPort));
        assertThat(events).last().isInstanceOf(TransferEvent.Ended.class);
        ((DatagramPacket) reused.readOutbound()).release(); // ACK 1
        assertThat(reused.finish()).isFalse();
    }

    @Test
    void a_server_in_single_port_mode_replies_from_the_same_port_again() throws Exception {
        previousPeers.add(activeChannel(), SERVER);
        handshake(no -> {}).addTo(channel.pipeline());
        channel.register();
        ((DatagramPacket) channel.readOutbound()).release();
        channel.writeInbound(data(1, SERVER));
        assertThat(events).last().isInstanceOf(TransferEvent.Ended.class);
        ((DatagramPacket) channel.readOutbound()).release(); // ACK 1
        assertThat(channel.finish()).isFalse();
    }

    /** Returns an active channel; all embedded channels have the same local address. */
    private static EmbeddedChannel activeChannel() {
        return new EmbeddedChannel();
    }

    private static DatagramPacket data(int block, InetSocketAddress from) {
        return new DatagramPacket(
                Unpooled.buffer().writeShort(3).writeShort(block).writeZero(10), CLIENT, from);
    }

    /** Reads an ERROR and returns its code. */
    private static int errorTo(InetSocketAddress recipient, EmbeddedChannel channel) {
        DatagramPacket error = channel.readOutbound();
        assertThat(error.recipient()).isEqualTo(recipient);
        assertThat(error.content().getShort(0)).as("opcode").isEqualTo((short) 5);
        int code = error.content().getShort(2);
        error.release();
        return code;
    }
}

package dev.lockstep.tftp.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.channel.BufferBudget;
import dev.lockstep.tftp.channel.TransferContext;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.transfer.Limits;
import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.TransferEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ClientHandshakeTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.1", 2000);
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.2", 3000);
    private static final ReadRequest REQUEST =
            new ReadRequest("f", TransferMode.OCTET, Options.NONE.with(Options.BLKSIZE, 1428));

    private final EmbeddedChannel channel = new EmbeddedChannel(false, false);
    private final List<TransferEvent> events = new ArrayList<>();

    private final class OneSocket implements ClientSockets {
        @Override
        public void open(EventLoop loop, Needs needs, Consumer<ChannelPipeline> furnish, Consumer<Throwable> failed) {
            furnish.accept(channel.pipeline());
        }

        @Override
        public void close() {
            // it is the test's
        }
    }

    private record Forgetful() implements Sink {
        @Override
        public void write(ByteBuffer from) {
            from.position(from.limit());
        }

        @Override
        public void commit() {
            // nothing is kept
        }

        @Override
        public boolean mayBlock() {
            return false;
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    @Test
    void a_first_answer_that_ends_the_transfer_leaves_no_handler_and_no_buffer_on_a_socket_that_rests()
            throws Exception {
        RemoteFile remote = new RemoteFile("192.0.2.1", 69, "f", TransferMode.OCTET);
        TransferContext context = new TransferContext(
                Limits.DEFAULT,
                Runnable::run,
                new BufferBudget(1 << 20),
                PooledByteBufAllocator.DEFAULT,
                false,
                events::add,
                1 << 20);
        ClientHandshake handshake = new ClientHandshake(
                new Exchange.Download(remote, new Forgetful(), new CompletableFuture<>()),
                REQUEST,
                SERVER,
                context,
                no -> {});
        RestedSockets sockets = new RestedSockets(new OneSocket(), Duration.ofMillis(100));
        ClientSockets.Needs needs = new ClientSockets.Needs(false, 1, 1500, false);
        sockets.open(new EmbeddedChannel().eventLoop(), needs, pipeline -> pipeline.addLast(handshake), no -> {});
        channel.register();
        ((DatagramPacket) channel.readOutbound()).release();

        ByteBuf tooLong = Unpooled.buffer().writeShort(3).writeShort(1).writeZero(513); // and no OACK before
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
}

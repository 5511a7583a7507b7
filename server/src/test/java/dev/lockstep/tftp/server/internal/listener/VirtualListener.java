package dev.lockstep.tftp.server.internal.listener;

import static dev.lockstep.tftp.testing.Wires.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.file.BufferBudget;
import dev.lockstep.tftp.internal.channel.file.SourceChunkReader;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.BuiltConfig;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.TftpServerBuilder;
import dev.lockstep.tftp.server.internal.ServerConfig;
import dev.lockstep.tftp.server.internal.session.FileOpenQueue;
import dev.lockstep.tftp.server.internal.session.TransferQuota;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A listener in single-port mode without a socket, in virtual time. */
final class VirtualListener {
    static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 69);

    final List<TransferEvent> events = new ArrayList<>();
    final TransferQuota quota;
    final BufferBudget budget = new BufferBudget(1 << 20);
    private final EmbeddedChannel channel;
    private final RequestDispatcher dispatcher;

    /** Creates a listener that opens files at once. */
    VirtualListener(TftpServerBuilder builder) {
        this(builder, Runnable::run);
    }

    /**
     * Creates a listener.
     *
     * @param io the I/O pool
     */
    VirtualListener(TftpServerBuilder builder, Executor io) {
        ServerConfig config = BuiltConfig.of(
                builder.port(0).portModes(peer -> PortMode.SINGLE).listener(events::add));
        quota = new TransferQuota(config.maxTransfers(), config.maxTransfersPerClient());
        TransferContext context = new TransferContext(
                TransferLimits.DEFAULT,
                io,
                budget,
                UnpooledByteBufAllocator.DEFAULT,
                false,
                config.listener(),
                1 << 20,
                RateLimiter.UNLIMITED,
                SourceChunkReader::new);
        FileOpenQueue openings = new FileOpenQueue(io);
        ListenerContext shared = new ListenerContext(config, context, Transport.best(), quota, storage -> openings);
        channel = new EmbeddedChannel() {
            @Override
            protected SocketAddress localAddress0() {
                return HERE;
            }
        };
        channel.freezeTime();
        channel.pipeline().addLast(new ListenerInitializer(shared, address -> false));
        dispatcher = channel.pipeline().get(RequestDispatcher.class);
        channel.pipeline().fireChannelActive();
    }

    /** Delivers a datagram and runs the tasks that are due. */
    void arrive(InetSocketAddress peer, Object... message) {
        channel.writeInbound(new DatagramPacket(bytes(message), HERE, peer));
        settle();
    }

    void pass(long millis) {
        for (long i = 0; i < millis; i++) {
            channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            settle();
        }
    }

    /** Runs the tasks that are due. */
    void settle() {
        channel.runPendingTasks();
        channel.runScheduledPendingTasks();
        channel.flushOutbound();
    }

    void expect(InetSocketAddress peer, Object... message) {
        DatagramPacket packet = channel.readOutbound();
        assertThat(packet).as("a datagram to %s", peer).isNotNull();
        ByteBuf expected = bytes(message);
        assertThat(packet.recipient()).isEqualTo(peer);
        assertThat(packet.content()).isEqualTo(expected);
        packet.release();
    }

    void expectSilence() {
        assertThat(channel.<Object>readOutbound()).isNull();
    }

    /** Drops the messages that were sent so far. */
    void forgetSent() {
        for (DatagramPacket packet = channel.readOutbound(); packet != null; packet = channel.readOutbound()) {
            packet.release();
        }
    }

    List<TransferEvent.Ended> ended() {
        return events.stream()
                .filter(TransferEvent.Ended.class::isInstance)
                .map(TransferEvent.Ended.class::cast)
                .toList();
    }

    RequestDispatcher dispatcher() {
        return dispatcher;
    }

    /** Ends all running transfers and stops the listener. */
    void close() {
        cancelAll();
        channel.close();
    }

    /** Ends all running transfers. */
    void cancelAll() {
        dispatcher.cancelAll(new TftpException(ErrorCode.NOT_DEFINED, "closed"));
        settle();
        forgetSent();
    }
}

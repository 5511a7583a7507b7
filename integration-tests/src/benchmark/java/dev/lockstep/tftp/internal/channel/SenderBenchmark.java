package dev.lockstep.tftp.internal.channel;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.transfer.BlockSource;
import dev.lockstep.tftp.transfer.RetransmissionTimer;
import dev.lockstep.tftp.transfer.Sender;
import dev.lockstep.tftp.transfer.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Measures a DATA block from its ACK to the socket, without the socket. All figures are for one block. */
@State(Scope.Thread)
@Fork(jvmArgsAppend = {LoopThreads.EXECUTOR, LoopThreads.CLASS, "-Dio.netty.leakDetection.level=disabled"})
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SenderBenchmark {
    private static final int BLKSIZE = 1428;
    private static final int BLOCKS = 1024;

    @Param({"1", "16", "64"})
    private int windowsize;

    private EmbeddedChannel channel;
    private ChannelHandlerContext end;
    private ByteBuf file;
    private Sender machine;
    private Sender framed;
    private long acked;

    @Setup
    public void transfer() {
        file = PooledByteBufAllocator.DEFAULT.directBuffer().writeZero(BLKSIZE);
        channel = new EmbeddedChannel(
                new Socket(),
                new BurstEncoder(new InetSocketAddress("127.0.0.1", 2000), BLKSIZE, windowsize, true),
                new ChannelOutboundHandlerAdapter());
        end = channel.pipeline().lastContext();
        machine = sender(new Dropped());
        framed = sender(new Piped());
        machine.start(0);
        framed.start(0);
        channel.flush();
    }

    private Sender sender(Wire wire) {
        TransferSettings settings = TransferSettings.builder()
                .blksize(BLKSIZE)
                .windowsize(windowsize)
                .build();
        RetransmissionTimer timer = new RetransmissionTimer(Duration.ZERO, new SplittableRandom(1));
        BlockSource blocks = () -> file.retainedSlice(0, BLKSIZE);
        return new Sender(wire, settings, TransferLimits.DEFAULT, timer, null, blocks, 0);
    }

    @TearDown
    public void release() {
        channel.finishAndReleaseAll();
    }

    /** Measures the state machine alone. */
    @Benchmark
    @OperationsPerInvocation(BLOCKS)
    public long machine() {
        return acknowledge(machine, false);
    }

    /** Measures the state machine and the framing of bursts, through a pipeline. */
    @Benchmark
    @OperationsPerInvocation(BLOCKS)
    public long machineAndFraming() {
        return acknowledge(framed, true);
    }

    private long acknowledge(Sender sender, boolean flush) {
        for (int block = 0; block < BLOCKS; block += windowsize) {
            acked += windowsize;
            sender.receive(new Ack((int) (acked & 0xFFFF)), acked);
            if (flush) {
                end.flush();
            }
        }
        return sender.stats().blocks();
    }

    /** Releases the messages that a machine sends. */
    private static class Dropped implements Wire {
        @Override
        public void send(TftpMessage message) {
            ((Data) message).release();
        }

        @Override
        public void awaitReply(long moment) {}

        @Override
        public void finish(Outcome outcome, TftpException cause) {}

        @Override
        public void close() {}
    }

    /** Writes the messages to a pipeline. */
    private final class Piped extends Dropped {
        @Override
        public void send(TftpMessage message) {
            end.write(message, end.voidPromise());
        }
    }

    /** Releases everything that would be written to the kernel. */
    private static final class Socket extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            ReferenceCountUtil.release(msg);
            promise.trySuccess();
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {}
    }
}

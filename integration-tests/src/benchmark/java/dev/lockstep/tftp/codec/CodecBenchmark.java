package dev.lockstep.tftp.codec;

import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Measures decoding an ACK and a request. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {
    private ByteBuf ack;
    private ByteBuf request;

    @Setup
    public void datagrams() {
        ack = TftpCodec.encode(new Ack(4711), PooledByteBufAllocator.DEFAULT);
        Options options =
                Options.NONE.with("blksize", "1428").with("windowsize", "64").with("tsize", "0");
        ReadRequest read = new ReadRequest("boot/vmlinuz", TransferMode.OCTET, options);
        request = TftpCodec.encode(read, PooledByteBufAllocator.DEFAULT);
    }

    @TearDown
    public void release() {
        ack.release();
        request.release();
    }

    @Benchmark
    public TftpMessage decodeAck() throws MalformedMessageException {
        return TftpCodec.decode(ack.readerIndex(0));
    }

    @Benchmark
    public TftpMessage decodeRequest() throws MalformedMessageException {
        return TftpCodec.decode(request.readerIndex(0));
    }
}

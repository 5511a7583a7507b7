package dev.lockstep.tftp.fuzz;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static dev.lockstep.tftp.testing.Requests.wrq;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpDatagramCodec;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.channel.NegotiatedTransfer;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.TransferHandler;
import dev.lockstep.tftp.internal.channel.file.BufferBudget;
import dev.lockstep.tftp.internal.channel.file.SourceChunkReader;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A whole transfer of the server that receives any sequence of datagrams and waits in virtual time.
 *
 * <pre>
 *   input = kind (the negotiated settings), then a sequence of: length, that many bytes as one datagram; 240 and
 *           more is a wait
 * </pre>
 *
 * The transfer must never throw, send at most one window and one message more for each datagram or wait, end when the
 * peer is silent, and release every buffer.
 */
public final class TransferFuzzer {
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 4711);
    private static final InetSocketAddress SELF = new InetSocketAddress("127.0.0.1", 4712);
    private static final int FIRST_WAIT = 240;
    private static final int BLKSIZE = 16;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final TransferSettings settings;
    private final OptionAck oack;

    private TransferFuzzer(int kind) {
        int window = 1 << (kind >> 2 & 3);
        Duration timeout = (kind & 16) == 0 ? Duration.ZERO : Duration.ofSeconds(1);
        settings = TransferSettings.builder()
                .blksize(BLKSIZE)
                .windowsize(window)
                .timeout(timeout)
                .rollover(kind >> 5 & 1)
                .build();
        oack = (kind & 2) == 0 ? null : new OptionAck(Options.NONE.with("blksize", BLKSIZE));
    }

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        if (input.length > 0) {
            new TransferFuzzer(input[0]).run(input);
        }
    }

    private void run(byte[] input) throws IOException {
        channel.freezeTime();
        begin((input[0] & 1) == 0);
        channel.runPendingTasks();
        drain();
        for (int at = 1; at < input.length; ) {
            int length = input[at++] & 0xFF;
            if (length >= FIRST_WAIT) {
                pass(1L << (length - FIRST_WAIT));
            } else {
                int end = Math.min(input.length, at + length);
                if (channel.isOpen()) {
                    ByteBuf datagram = Unpooled.copiedBuffer(input, at, end - at);
                    channel.writeInbound(new DatagramPacket(datagram, SELF, PEER));
                    drain();
                }
                at = end;
            }
        }
        for (int i = 0; i < 100 && channel.isOpen(); i++) {
            pass(10_000);
        }
        if (channel.isOpen()) {
            throw new AssertionError("still open after 1000 s of silence");
        }
        channel.finishAndReleaseAll();
        long kept = allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
        if (kept != 0) {
            throw new AssertionError(kept + " bytes of buffers kept");
        }
    }

    private void begin(boolean read) throws IOException {
        MemoryStorage files = new MemoryStorage(1 << 20, WriteRules.ANY_FILE);
        files.put("file", new byte[20 * BLKSIZE + 3]);
        TransferLimits limits = TransferLimits.DEFAULT;
        TransferContext context = new TransferContext(
                limits,
                Runnable::run,
                new BufferBudget(1 << 20),
                allocator,
                false,
                event -> {},
                Long.MAX_VALUE,
                RateLimiter.UNLIMITED,
                SourceChunkReader::new);
        ReadRequest request = new ReadRequest("file", TransferMode.OCTET, Options.NONE);
        long now = channel.eventLoop().ticker().nanoTime();
        NegotiatedTransfer negotiated = new NegotiatedTransfer(1, PEER, request, settings, Options.NONE, now, 0);
        channel.config().setAllocator(allocator);
        TransferHandler handler = read
                ? TransferHandler.sending(context, negotiated, oack, files.read(rrq("file"), PEER))
                : TransferHandler.receiving(
                        context, negotiated, oack == null ? new Ack(0) : oack, files.write(wrq("file"), PEER));
        channel.pipeline().addLast(TftpDatagramCodec.INSTANCE);
        handler.addTo(channel.pipeline());
    }

    private void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
        drain();
    }

    private void drain() {
        channel.checkException();
        int sent = 0;
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            ReferenceCountUtil.release(out);
            sent++;
        }
        if (sent > settings.windowsize() + 1) {
            throw new AssertionError(sent + " datagrams at once (window: " + settings.windowsize() + ")");
        }
    }
}

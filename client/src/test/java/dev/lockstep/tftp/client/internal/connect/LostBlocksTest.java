package dev.lockstep.tftp.client.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.client.TransferResult;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.testing.ByteArraySource;
import dev.lockstep.tftp.testing.MemorySink;
import dev.lockstep.tftp.testing.RawPeer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests a client against a server that grants large blocks, of which none arrives. */
@Timeout(60)
@DisplayNameGeneration(ReplaceUnderscores.class)
class LostBlocksTest {
    private static final byte[] CONTENT = "x".repeat(600).getBytes();
    private static final Object[] LARGE = {"blksize", 0, "1428", 0, "windowsize", 0, "64", 0, "tsize", 0};
    private static final Object[] SMALL = {"windowsize", 0, "64", 0, "tsize", 0};
    private static final Object[] OACK = {0, 6, "blksize", 0, "1428", 0};

    private static final TransferLimits SHORT_FIRST_BLOCK = TransferLimits.DEFAULT
            .withTimes(Duration.ofMillis(50), Duration.ofSeconds(60), Duration.ofSeconds(1))
            .withFirstBlockTimeout(Duration.ofMillis(300));

    private RawPeer listener;
    private RawPeer server;
    private TftpClient client;

    @BeforeEach
    void start_client_with_a_short_first_block_timeout() throws IOException {
        listener = new RawPeer();
        server = new RawPeer();
        client = TftpClient.builder().limits(SHORT_FIRST_BLOCK).build();
    }

    @AfterEach
    void close() {
        client.close();
        listener.close();
        server.close();
    }

    private RemoteFile remote() {
        return new RemoteFile("127.0.0.1", listener.port(), "f", TransferMode.OCTET);
    }

    /** Waits for the given request, ignoring retransmissions of the previous one. Returns the client's port. */
    private int awaitRequest(int opcode, Object[] options, String tsize) throws IOException {
        byte[] wanted = bytes(opcode, options, tsize);
        while (true) {
            if (java.util.Arrays.equals(next(), wanted)) {
                return listener.last().getPort();
            }
        }
    }

    private byte[] next() throws IOException {
        return ByteBufUtil.getBytes(listener.receive());
    }

    private static byte[] bytes(int opcode, Object[] options, String tsize) {
        StringBuilder text = new StringBuilder();
        text.append((char) 0).append((char) opcode).append("f\0octet\0");
        for (Object part : options) {
            text.append(part instanceof Integer ? "\0" : part);
        }
        return text.append(tsize).append('\0').toString().getBytes();
    }

    /** Replies with an OACK and nothing else until the client sends an ERROR. */
    private void sendOackOnly(int tid) throws IOException {
        server.sendTo(tid, OACK);
        while (server.receive().getUnsignedShort(0) != 5) {
            // ACK 0 or DATA, treated as lost
        }
    }

    private static void serve(RawPeer from, int tid) throws IOException {
        from.sendTo(tid, 0, 3, 0, 1, new String(CONTENT, 0, 512));
        from.sendTo(tid, 0, 3, 0, 2, new String(CONTENT, 512, CONTENT.length - 512));
    }

    @Test
    void a_get_is_retried_with_small_blocks() throws Exception {
        MemorySink sink = new MemorySink();
        CompletableFuture<TransferResult> transfer = client.getAsync(TransferRequest.of(remote()), sink);
        sendOackOnly(awaitRequest(1, LARGE, "0"));
        serve(server, awaitRequest(1, SMALL, "0"));
        assertThat(transfer.get(30, TimeUnit.SECONDS).settings().blksize()).isEqualTo(512);
        assertThat(sink.content()).isEqualTo(CONTENT);
        assertThat(sink.isClosed()).isTrue();
    }

    @Test
    void the_next_get_requests_small_blocks_at_once() throws Exception {
        CompletableFuture<TransferResult> first = client.getAsync(TransferRequest.of(remote()), new MemorySink());
        sendOackOnly(awaitRequest(1, LARGE, "0"));
        serve(server, awaitRequest(1, SMALL, "0"));
        first.get(30, TimeUnit.SECONDS);
        listener.countArrived(); // requests may be retransmitted on a busy machine
        CompletableFuture<TransferResult> next = client.getAsync(TransferRequest.of(remote()), new MemorySink());
        serve(server, awaitRequest(1, SMALL, "0"));
        next.get(30, TimeUnit.SECONDS);
    }

    @Test
    void a_put_is_retried_with_small_blocks_from_the_first_byte() throws Exception {
        ByteArraySource source = new ByteArraySource(CONTENT);
        CompletableFuture<TransferResult> transfer = client.putAsync(source, TransferRequest.of(remote()));
        sendOackOnly(awaitRequest(2, LARGE, "600"));
        try (RawPeer second = new RawPeer()) {
            second.sendTo(awaitRequest(2, SMALL, "600"), 0, 4, 0, 0);
            second.expect(0, 3, 0, 1, new String(CONTENT, 0, 512));
            second.reply(0, 4, 0, 1);
            ByteBuf last = second.receive();
            while (last.getUnsignedShort(2) == 1) {
                last = second.receive();
            }
            assertThat(last.readableBytes()).isEqualTo(4 + CONTENT.length - 512);
            second.reply(0, 4, 0, 2);
            transfer.get(30, TimeUnit.SECONDS);
        }
        assertThat(source.isClosed()).isTrue();
    }

    /** Some bytes cannot be read again. Sending only the rest would corrupt the file, so the transfer fails. */
    @Test
    void a_source_without_rewind_has_the_full_idle_timeout() throws Exception {
        try (TftpClient withShortTimeout = TftpClient.builder()
                .limits(TransferLimits.DEFAULT
                        .withTimes(Duration.ofMillis(50), Duration.ofSeconds(2), Duration.ofSeconds(1))
                        .withFirstBlockTimeout(Duration.ofMillis(300)))
                .build()) {
            ByteArraySource pipe = new ByteArraySource(CONTENT);
            CompletableFuture<TransferResult> transfer =
                    withShortTimeout.putAsync(once(pipe), TransferRequest.of(remote()));
            int tid = awaitRequest(2, LARGE, "600");
            server.sendTo(tid, OACK);
            assertThatThrownBy(() -> transfer.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(TftpException.class)
                    .hasMessage("timed out");
            assertThat(pipe.isClosed()).isTrue();
        }
        byte[] asked = bytes(2, LARGE, "600");
        server.sendTo(listener.port(), "the end");
        for (byte[] received = next(); !"the end".equals(new String(received)); received = next()) {
            assertThat(received).isEqualTo(asked); // retransmitted if the OACK was late
        }
    }

    private static Source once(ByteArraySource all) {
        return new Source() {
            @Override
            public long size() {
                return all.size();
            }

            @Override
            public int read(ByteBuffer to) throws IOException {
                return all.read(to);
            }

            @Override
            public void close() {
                all.close();
            }
        };
    }

    @Test
    void exactly_specified_options_are_not_changed() throws Exception {
        Options exactly = Options.NONE.with(KnownOption.BLKSIZE.with(1428));
        TransferRequest request = TransferRequest.of(remote()).asking(exactly);
        MemorySink sink = new MemorySink();
        CompletableFuture<TransferResult> transfer = client.getAsync(request, sink);
        listener.expect(0, 1, "f", 0, "octet", 0, "blksize", 0, "1428", 0);
        server.sendTo(listener.last().getPort(), OACK);
        for (int i = 0; i < 20; i++) { // longer than the timeout for the first block
            server.expect(0, 4, 0, 0);
        }
        server.reply(0, 3, 0, 1, "late");
        transfer.get(30, TimeUnit.SECONDS);
        assertThat(sink.content()).isEqualTo("late".getBytes());
    }

    @Test
    void a_closed_client_does_not_retry() throws Exception {
        MemorySink sink = new MemorySink();
        client.close();
        client = TftpClient.builder()
                .limits(SHORT_FIRST_BLOCK.withFirstBlockTimeout(Duration.ofSeconds(50)))
                .build();
        CompletableFuture<TransferResult> transfer = client.getAsync(TransferRequest.of(remote()), sink);
        int tid = awaitRequest(1, LARGE, "0");
        server.sendTo(tid, OACK);
        server.expect(0, 4, 0, 0);
        server.expect(0, 4, 0, 0); // so that a PMTU black hole is suspected
        client.close();
        assertThatThrownBy(() -> transfer.get(30, TimeUnit.SECONDS)).cause().hasMessage("closed");
        assertThat(sink.isClosed()).isTrue();
    }
}

package dev.lockstep.tftp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.io.ForwardingSource;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.testing.ByteArraySource;
import dev.lockstep.tftp.testing.ManualTimeEventLoops;
import dev.lockstep.tftp.testing.MemorySink;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
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

    private static final Duration FIRST_BLOCK = Duration.ofSeconds(12);
    private static final Duration IDLE = Duration.ofSeconds(60);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final TransferLimits LIMITS =
            TransferLimits.DEFAULT.withTimes(TICK, IDLE, Duration.ofSeconds(5)).withFirstBlockTimeout(FIRST_BLOCK);

    private final ManualTimeEventLoops time = new ManualTimeEventLoops(1);
    private RawSocketPeer listener;
    private RawSocketPeer server;
    private TftpClient client;

    @BeforeEach
    void start_client() throws IOException {
        listener = new RawSocketPeer();
        server = new RawSocketPeer();
        TftpClientBuilder settings = TftpClient.builder().limits(LIMITS);
        client = new TftpClient(settings, settings.preferences(), time);
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

    /** Expects the given request, and returns the client's port. */
    private int expectRequest(int opcode, Object[] options, String tsize) throws IOException {
        return listener.talkTo(null)
                .expect(bytes(opcode, options, tsize))
                .from()
                .getPort();
    }

    private static byte[] bytes(int opcode, Object[] options, String tsize) {
        StringBuilder text = new StringBuilder();
        text.append((char) 0).append((char) opcode).append("f\0octet\0");
        for (Object part : options) {
            text.append(part instanceof Integer ? "\0" : part);
        }
        return text.append(tsize).append('\0').toString().getBytes();
    }

    /**
     * Replies with an OACK and nothing else until the client sends an ERROR: when the timeout for the first block has
     * expired.
     */
    private void sendOackOnly(int tid) throws IOException {
        server.sendTo(tid, OACK);
        server.next();
        Optional<Datagram> came = Optional.empty();
        for (int seconds = 0;
                came.isEmpty() || came.get().opcode() != Datagram.ERROR;
                came = server.poll(Duration.ofMillis(1))) {
            if (came.isEmpty()) { // a received ACK 0 or DATA is treated as lost
                time.advance(TICK);
                assertThat(seconds++).as("seconds without a block").isLessThan((int) FIRST_BLOCK.toSeconds());
            }
        }
    }

    private static void serve(RawSocketPeer from, int tid) throws IOException {
        from.sendTo(tid, 0, 3, 0, 1, new String(CONTENT, 0, 512));
        from.sendTo(tid, 0, 3, 0, 2, new String(CONTENT, 512, CONTENT.length - 512));
    }

    @Test
    void a_get_is_retried_with_small_blocks() throws Exception {
        MemorySink sink = new MemorySink();
        CompletableFuture<TransferResult> transfer = client.getAsync(TransferRequest.of(remote()), sink);
        sendOackOnly(expectRequest(1, LARGE, "0"));
        serve(server, expectRequest(1, SMALL, "0"));
        assertThat(transfer.get(30, TimeUnit.SECONDS).settings().blksize()).isEqualTo(512);
        assertThat(sink.content()).isEqualTo(CONTENT);
        assertThat(sink.isClosed()).isTrue();
    }

    @Test
    void the_next_get_requests_small_blocks_at_once() throws Exception {
        CompletableFuture<TransferResult> first = client.getAsync(TransferRequest.of(remote()), new MemorySink());
        sendOackOnly(expectRequest(1, LARGE, "0"));
        serve(server, expectRequest(1, SMALL, "0"));
        first.get(30, TimeUnit.SECONDS);
        CompletableFuture<TransferResult> next = client.getAsync(TransferRequest.of(remote()), new MemorySink());
        serve(server, expectRequest(1, SMALL, "0"));
        next.get(30, TimeUnit.SECONDS);
    }

    @Test
    void a_put_is_retried_with_small_blocks_from_the_first_byte() throws Exception {
        ByteArraySource source = new ByteArraySource(CONTENT);
        CompletableFuture<TransferResult> transfer = client.putAsync(source, TransferRequest.of(remote()));
        sendOackOnly(expectRequest(2, LARGE, "600"));
        try (RawSocketPeer second = new RawSocketPeer()) {
            second.sendTo(expectRequest(2, SMALL, "600"), 0, 4, 0, 0);
            second.expect(0, 3, 0, 1, new String(CONTENT, 0, 512));
            second.send(0, 4, 0, 1);
            Datagram last = second.next();
            while (last.number() == 1) {
                last = second.next();
            }
            assertThat(last.payload()).hasSize(CONTENT.length - 512);
            second.send(0, 4, 0, 2);
            transfer.get(30, TimeUnit.SECONDS);
        }
        assertThat(source.isClosed()).isTrue();
    }

    /** Some bytes cannot be read again. Sending only the rest would corrupt the file, so the transfer fails. */
    @Test
    void a_source_without_rewind_has_the_full_idle_timeout() throws Exception {
        ByteArraySource pipe = new ByteArraySource(CONTENT);
        CompletableFuture<TransferResult> transfer = client.putAsync(once(pipe), TransferRequest.of(remote()));
        server.sendTo(expectRequest(2, LARGE, "600"), OACK);
        server.next();
        for (Duration passed = TICK; passed.compareTo(IDLE) < 0; passed = passed.plus(TICK)) {
            time.advance(TICK);
            assertThat(transfer).isNotDone();
        }
        time.advance(TICK);
        assertThatThrownBy(() -> transfer.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(TftpException.class)
                .hasMessage("timed out");
        assertThat(pipe.isClosed()).isTrue();
        assertThat(listener.countArrived()).as("further requests").isZero();
    }

    private static Source once(ByteArraySource all) {
        return new ForwardingSource(all) {
            @Override
            public boolean canRewind() {
                return false;
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
        server.sendTo(listener.peer().getPort(), OACK);
        server.expect(0, 4, 0, 0);
        for (Duration passed = TICK; passed.compareTo(FIRST_BLOCK.plus(TICK)) < 0; passed = passed.plus(TICK)) {
            time.advance(TICK);
        }
        server.expect(0, 4, 0, 0);
        server.send(0, 3, 0, 1, "late");
        transfer.get(30, TimeUnit.SECONDS);
        assertThat(sink.content()).isEqualTo("late".getBytes());
    }

    @Test
    void a_closed_client_does_not_retry() throws Exception {
        MemorySink sink = new MemorySink();
        CompletableFuture<TransferResult> transfer = client.getAsync(TransferRequest.of(remote()), sink);
        int tid = expectRequest(1, LARGE, "0");
        server.sendTo(tid, OACK);
        server.expect(0, 4, 0, 0);
        time.advance(TICK.multipliedBy(3));
        server.expect(0, 4, 0, 0); // so that a PMTU black hole is suspected
        client.close();
        assertThatThrownBy(() -> transfer.get(30, TimeUnit.SECONDS)).cause().hasMessage("closed");
        assertThat(sink.isClosed()).isTrue();
    }
}

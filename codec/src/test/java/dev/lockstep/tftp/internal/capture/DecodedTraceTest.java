package dev.lockstep.tftp.internal.capture;

import static dev.lockstep.tftp.testing.Wires.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.channel.TransferFixture;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DecodedTraceTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress("127.0.0.1", 6969);
    private static final InetSocketAddress TRANSFER = new InetSocketAddress("127.0.0.1", 42073);
    private static final Request REQUEST =
            new ReadRequest("hello.txt", TransferMode.OCTET, Options.NONE.with("blksize", 8));

    private final List<String> lines = new ArrayList<>();
    private TransferFixture fixture;
    private String start;

    private void trace(TraceForm form, boolean server) {
        fixture = new TransferFixture(
                (server ? form.onServer(lines::add) : form.onClient(lines::add)).attach(SERVER, REQUEST));
        long nanos = fixture.channel.eventLoop().ticker().nanoTime();
        start = String.format("%.3f", nanos / 1e9);
    }

    @Test
    void a_client_shows_the_time_the_peer_and_the_message_of_each_packet() {
        trace(TraceForm.DECODED, false);
        fixture.channel.writeOutbound(
                new DatagramPacket(bytes(0, 1, "hello.txt", 0, "octet", 0, "blksize", 0, "8", 0), SERVER));
        fixture.channel.<DatagramPacket>readOutbound().release();
        fixture.channel.advanceTimeBy(1500, TimeUnit.MILLISECONDS);
        String later =
                String.format("%.3f", fixture.channel.eventLoop().ticker().nanoTime() / 1e9);
        fixture.passInbound(TRANSFER, 0, 6, "blksize", 0, "8", 0);
        fixture.passOutbound(0, 4, 0, 0);
        fixture.passInbound(TRANSFER, 0, 3, 0, 1, "12345678");
        fixture.passInbound(TRANSFER, 0, 3, 0, 2, "123");
        fixture.passOutbound(0, 5, 0, 3, "disk\nfull", 0);
        assertFalse(fixture.channel.finish());
        assertThat(later).isNotEqualTo(start);
        assertThat(lines)
                .containsExactly(
                        start + " → 127.0.0.1:6969 RRQ hello.txt octet blksize=8",
                        later + " ← 127.0.0.1:42073 OACK blksize=8",
                        later + " → 127.0.0.1:6969 ACK 0",
                        later + " ← 127.0.0.1:42073 DATA 1 (8 bytes)",
                        later + " ← 127.0.0.1:42073 DATA 2 (3 bytes, last)",
                        later + " → 127.0.0.1:6969 ERROR 3 disk\\x0afull");
    }

    @Test
    void a_server_shows_the_request_first_and_a_malformed_packet_with_its_fault() {
        trace(TraceForm.DECODED, true);
        fixture.passInbound(TRANSFER, 0, 9, 0x7F, 0xE4, "Z");
        assertFalse(fixture.channel.finish());
        // printed before the clock of the fixture stops
        assertThat(lines.get(0)).matches("\\d+\\.\\d{3} ← 127\\.0\\.0\\.1:6969 RRQ hello\\.txt octet blksize=8");
        assertThat(lines.get(1)).startsWith(start + " ← 127.0.0.1:42073 (malformed) 5 bytes: ");
        assertThat(lines).hasSize(2);
    }

    @Test
    void the_form_is_chosen_by_name_and_bytes_are_the_default() {
        assertThat(TraceForm.parse("decoded")).isEqualTo(TraceForm.DECODED);
        assertThat(TraceForm.parse("bytes")).isEqualTo(TraceForm.BYTES);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TraceForm.parse("pretty"))
                .withMessage("--trace: pretty (expected: decoded, or no value for the bytes)");
        trace(TraceForm.BYTES, false);
        fixture.passOutbound(0, 4, 0, 1);
        assertFalse(fixture.channel.finish());
        assertThat(lines).containsExactly("C: 00 04 00 01");
    }
}

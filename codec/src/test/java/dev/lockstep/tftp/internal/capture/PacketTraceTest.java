package dev.lockstep.tftp.internal.capture;

import static dev.lockstep.tftp.testing.Wires.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.channel.TransferFixture;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketTraceTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 42073);
    private static final Request REQUEST = new ReadRequest("target.txt", TransferMode.OCTET, Options.NONE);

    private final List<String> lines = new ArrayList<>();
    private TransferFixture fixture;

    private void onServer(Request request) {
        fixture = new TransferFixture(TraceForm.BYTES.onServer(lines::add).attach(PEER, request));
    }

    @Test
    void a_read_request_is_traced_on_a_server() {
        onServer(REQUEST);
        fixture.passOutbound(0, 3, 0, 1, "x".repeat(512));
        fixture.passInbound(PEER, 0, 4, 0, 1);
        fixture.passOutbound(0, 3, 0, 5, "x".repeat(192));
        fixture.passInbound(PEER, 0, 4, 0, 5);
        assertFalse(fixture.channel.finish());
        assertThat(lines)
                .containsExactly(
                        "Received read request from 127.0.0.1:42073",
                        "C: 00 01 t  a  r  g  e  t  .  t  x  t  00 o  c  t  e  t  00",
                        "S: 00 03 00 01 [ 512 bytes of data ]",
                        "C: 00 04 00 01",
                        "S: 00 03 00 05 [ 192 bytes of data ] (last)",
                        "C: 00 04 00 05",
                        "Closing connection to client 127.0.0.1:42073");
    }

    @Test
    void a_write_request_with_options_and_an_error_are_traced() {
        onServer(new WriteRequest("a b", TransferMode.OCTET, Options.NONE.with("tsize", 3)));
        fixture.passOutbound(0, 6, "tsize", 0, "3", 0);
        fixture.passOutbound(0, 5, 0, 3, "full~", 0);
        assertFalse(fixture.channel.finish());
        assertThat(lines)
                .containsExactly(
                        "Received write request from 127.0.0.1:42073",
                        "C: 00 02 a  20 b  00 o  c  t  e  t  00 t  s  i  z  e  00 3  00",
                        "S: 00 06 t  s  i  z  e  00 3  00",
                        "S: 00 05 00 03 f  u  l  l  ~  00",
                        "Closing connection to client 127.0.0.1:42073");
    }

    @Test
    void the_last_block_is_recognized_by_the_negotiated_size() {
        onServer(REQUEST);
        fixture.passOutbound(0, 6, "blksize", 0, "8", 0);
        fixture.passOutbound(0, 3, 0, 1, "12345678");
        fixture.passOutbound(0, 3, 0, 2, "1234567");
        fixture.passOutbound(0, 3, 0, 3);
        assertFalse(fixture.channel.finish());
        assertThat(lines)
                .contains(
                        "S: 00 03 00 01 [ 8 bytes of data ]",
                        "S: 00 03 00 02 [ 7 bytes of data ] (last)",
                        "S: 00 03 00 03 [ 0 bytes of data ] (last)");
    }

    @Test
    void a_malformed_datagram_is_traced_as_bytes() {
        onServer(REQUEST);
        fixture.passInbound(PEER, 0, 9, 0x7F, 0xE4, "Z");
        assertFalse(fixture.channel.finish());
        assertThat(lines).contains("C: (malformed) 00 09 7f e4 Z");
    }

    @Test
    void a_client_traces_its_request_and_both_directions() {
        fixture = new TransferFixture(TraceForm.BYTES.onClient(lines::add).attach(PEER, REQUEST));
        fixture.channel.writeOutbound(new DatagramPacket(bytes(0, 1, "f", 0, "octet", 0), PEER));
        fixture.channel.<DatagramPacket>readOutbound().release();
        fixture.passInbound(PEER, 0, 3, 0, 1, "abc");
        fixture.passOutbound(0, 4, 0, 1);
        assertFalse(fixture.channel.finish());
        assertThat(lines)
                .containsExactly(
                        "C: 00 01 f  00 o  c  t  e  t  00",
                        "S: 00 03 00 01 [ 3 bytes of data ] (last)",
                        "C: 00 04 00 01");
    }

    @Test
    void tracing_retains_no_buffer_and_moves_no_index() {
        onServer(REQUEST);
        ByteBuf data = bytes(0, 3, 0, 1, "abc");
        fixture.channel.writeOutbound(data);
        assertThat(data.refCnt()).isEqualTo(1);
        assertThat(data.readerIndex()).isZero();
        fixture.channel.<ByteBuf>readOutbound().release();
        assertThat(data.refCnt()).isZero();
        assertFalse(fixture.channel.finish());
    }
}

package dev.lockstep.tftp.internal.channel;

import static dev.lockstep.tftp.testing.Wires.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PeerFilterTest {
    private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.1", 1000);
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 2000);
    private static final InetSocketAddress SERVER = new InetSocketAddress("127.0.0.1", 69);
    private static final InetSocketAddress OTHER_PORT = new InetSocketAddress("127.0.0.1", 2001);
    private static final InetSocketAddress OTHER_ADDRESS = new InetSocketAddress("127.0.0.2", 2000);

    private final PeerFilter filter = new PeerFilter(SERVER);
    private final TransferFixture fixture = new TransferFixture(filter);

    @AfterEach
    void nothing_is_left() {
        assertFalse(fixture.channel.finish());
    }

    @BeforeEach
    void restrict_to_the_tid() {
        filter.restrictTo(PEER);
    }

    private ByteBuf arrive(InetSocketAddress from, Object... bytes) {
        ByteBuf content = bytes(bytes);
        fixture.channel.writeInbound(new DatagramPacket(content, HERE, from));
        return content;
    }

    private void expectUnknownTidError(InetSocketAddress sender) throws MalformedMessageException {
        DatagramPacket reply = fixture.channel.readOutbound();
        assertThat(reply.recipient()).isEqualTo(sender);
        assertThat(TftpCodec.decode(reply.content())).isEqualTo(new ErrorMessage(5, "unknown transfer ID"));
        reply.release();
        assertThat(fixture.channel.<Object>readInbound()).isNull();
    }

    private void expectNothing() {
        assertThat(fixture.channel.<Object>readOutbound()).isNull();
        assertThat(fixture.channel.<Object>readInbound()).isNull();
    }

    @Test
    void datagrams_of_the_peer_pass() {
        arrive(PEER, 0, 4, 0, 1);
        DatagramPacket passed = fixture.channel.readInbound();
        assertThat(passed.content()).isEqualTo(bytes(0, 4, 0, 1));
        passed.release();
    }

    @Test
    @Tag("case-3")
    void case03_another_port_or_address_gets_error_5_and_goes_no_further() throws MalformedMessageException {
        ByteBuf content = arrive(OTHER_PORT, 0, 3, 0, 1, "bad");
        expectUnknownTidError(OTHER_PORT);
        assertThat(content.refCnt()).isZero();
        fixture.pass(100);
        arrive(OTHER_ADDRESS, 0, 4, 0, 1);
        expectUnknownTidError(OTHER_ADDRESS);
    }

    @Test
    @Tag("case-3")
    void case03_errors_for_unknown_tids_are_rate_limited() throws MalformedMessageException {
        arrive(OTHER_PORT, 0, 4, 0, 1);
        expectUnknownTidError(OTHER_PORT);
        for (int i = 0; i < 99; i++) {
            fixture.pass(1);
            arrive(OTHER_ADDRESS, 0, 4, 0, 1);
            expectNothing();
        }
        fixture.pass(1);
        arrive(OTHER_ADDRESS, 0, 4, 0, 1);
        expectUnknownTidError(OTHER_ADDRESS);
    }

    @Test
    @Tag("case-4")
    void case04_an_error_with_an_unknown_tid_is_dropped() {
        ByteBuf content = arrive(OTHER_PORT, 0, 5, 0, 0, "die", 0);
        expectNothing();
        assertThat(content.refCnt()).isZero();
    }

    @Test
    @Tag("case-40")
    void case40_a_malformed_datagram_is_not_answered() {
        arrive(OTHER_PORT);
        arrive(OTHER_PORT, 0, 9, 0, 0);
        arrive(OTHER_PORT, 0, 1);
        expectNothing();
    }

    @Test
    void a_dropped_datagram_does_not_count_against_the_rate_limit() throws MalformedMessageException {
        arrive(OTHER_PORT, 0, 5, 0, 0);
        arrive(OTHER_PORT, 0, 4, 0, 0);
        expectUnknownTidError(OTHER_PORT);
    }

    @Test
    void bytes_are_sent_to_the_peer_and_packets_to_their_recipient() {
        fixture.channel.writeOutbound(bytes(0, 4, 0, 1));
        DatagramPacket toPeer = fixture.channel.readOutbound();
        assertThat(toPeer.recipient()).isEqualTo(PEER);
        toPeer.release();
        fixture.channel.writeOutbound(new DatagramPacket(bytes(0, 4, 0, 2), OTHER_PORT));
        DatagramPacket elsewhere = fixture.channel.readOutbound();
        assertThat(elsewhere.recipient()).isEqualTo(OTHER_PORT);
        elsewhere.release();
    }

    @Test
    void until_the_tid_is_known_all_ports_of_the_address_pass_and_requests_go_to_the_server() {
        PeerFilter unrestricted = new PeerFilter(SERVER);
        EmbeddedChannel channel = new EmbeddedChannel(unrestricted);
        channel.writeOutbound(bytes(0, 1));
        DatagramPacket request = channel.readOutbound();
        assertThat(request.recipient()).isEqualTo(SERVER);
        request.release();
        for (InetSocketAddress sender : new InetSocketAddress[] {PEER, OTHER_PORT}) {
            channel.writeInbound(new DatagramPacket(bytes(0, 4, 0, 1), HERE, sender));
            assertThat(unrestricted.sender()).isEqualTo(sender);
            channel.<DatagramPacket>readInbound().release();
        }
        channel.writeInbound(new DatagramPacket(bytes(0, 4, 0, 1), HERE, OTHER_ADDRESS));
        assertThat(channel.<Object>readInbound()).isNull();
        DatagramPacket error = channel.readOutbound();
        assertThat(error.recipient()).isEqualTo(OTHER_ADDRESS);
        error.release();
        assertFalse(channel.finish());
    }

    @Test
    void other_messages_pass() {
        fixture.channel.writeInbound("message");
        assertThat(fixture.channel.<Object>readInbound()).isEqualTo("message");
    }
}

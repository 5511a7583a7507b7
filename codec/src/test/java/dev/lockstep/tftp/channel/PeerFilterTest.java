package dev.lockstep.tftp.channel;

import static dev.lockstep.tftp.testing.Wires.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PeerFilterTest {
    private static final InetSocketAddress HERE = new InetSocketAddress("127.0.0.1", 1000);
    private static final InetSocketAddress PEER = new InetSocketAddress("127.0.0.1", 2000);
    private static final InetSocketAddress OTHER_PORT = new InetSocketAddress("127.0.0.1", 2001);
    private static final InetSocketAddress OTHER_ADDRESS = new InetSocketAddress("127.0.0.2", 2000);

    private final TransferFixture bench = new TransferFixture(new PeerFilter(PEER));

    @AfterEach
    void nothing_is_left() {
        assertFalse(bench.channel.finish());
    }

    private ByteBuf arrive(InetSocketAddress from, Object... octets) {
        ByteBuf content = bytes(octets);
        bench.channel.writeInbound(new DatagramPacket(content, HERE, from));
        return content;
    }

    private void expectTurnedAway(InetSocketAddress stranger) throws MalformedMessageException {
        DatagramPacket answer = bench.channel.readOutbound();
        assertThat(answer.recipient()).isEqualTo(stranger);
        assertThat(TftpCodec.decode(answer.content())).isEqualTo(new ErrorMessage(5, "unknown transfer ID"));
        answer.release();
        assertThat(bench.channel.<Object>readInbound()).isNull();
    }

    private void expectSilence() {
        assertThat(bench.channel.<Object>readOutbound()).isNull();
        assertThat(bench.channel.<Object>readInbound()).isNull();
    }

    @Test
    void datagrams_of_the_peer_pass() {
        arrive(PEER, 0, 4, 0, 1);
        DatagramPacket passed = bench.channel.readInbound();
        assertThat(passed.content()).isEqualTo(bytes(0, 4, 0, 1));
        passed.release();
    }

    @Test
    void case03_another_port_or_address_gets_error_5_and_goes_no_further() throws MalformedMessageException {
        ByteBuf content = arrive(OTHER_PORT, 0, 3, 0, 1, "bad");
        expectTurnedAway(OTHER_PORT);
        assertThat(content.refCnt()).isZero();
        bench.pass(100);
        arrive(OTHER_ADDRESS, 0, 4, 0, 1);
        expectTurnedAway(OTHER_ADDRESS);
    }

    @Test
    void case03_errors_for_unknown_tids_are_rate_limited() throws MalformedMessageException {
        arrive(OTHER_PORT, 0, 4, 0, 1);
        expectTurnedAway(OTHER_PORT);
        for (int i = 0; i < 99; i++) {
            bench.pass(1);
            arrive(OTHER_ADDRESS, 0, 4, 0, 1);
            expectSilence();
        }
        bench.pass(1);
        arrive(OTHER_ADDRESS, 0, 4, 0, 1);
        expectTurnedAway(OTHER_ADDRESS);
    }

    @Test
    void case04_an_error_with_an_unknown_tid_is_dropped() {
        ByteBuf content = arrive(OTHER_PORT, 0, 5, 0, 0, "die", 0);
        expectSilence();
        assertThat(content.refCnt()).isZero();
    }

    @Test
    void case40_a_malformed_datagram_is_not_answered() {
        arrive(OTHER_PORT);
        arrive(OTHER_PORT, 0, 9, 0, 0);
        arrive(OTHER_PORT, 0, 1);
        expectSilence();
    }

    @Test
    void a_dropped_datagram_does_not_count_against_the_rate_limit() throws MalformedMessageException {
        arrive(OTHER_PORT, 0, 5, 0, 0);
        arrive(OTHER_PORT, 0, 4, 0, 0);
        expectTurnedAway(OTHER_PORT);
    }

    @Test
    void bytes_are_sent_to_the_peer_and_packets_to_their_recipient() {
        bench.channel.writeOutbound(bytes(0, 4, 0, 1));
        DatagramPacket toPeer = bench.channel.readOutbound();
        assertThat(toPeer.recipient()).isEqualTo(PEER);
        toPeer.release();
        bench.channel.writeOutbound(new DatagramPacket(bytes(0, 4, 0, 2), OTHER_PORT));
        DatagramPacket elsewhere = bench.channel.readOutbound();
        assertThat(elsewhere.recipient()).isEqualTo(OTHER_PORT);
        elsewhere.release();
    }

    @Test
    void other_messages_pass() {
        bench.channel.writeInbound("message");
        assertThat(bench.channel.<Object>readInbound()).isEqualTo("message");
    }
}

package dev.lockstep.tftp.codec;

import static dev.lockstep.tftp.testing.Wires.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TftpDatagramCodecTest {
    private static final InetSocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2000);
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2001);

    private final List<Object> events = new ArrayList<>();
    private final EmbeddedChannel channel =
            new EmbeddedChannel(TftpDatagramCodec.INSTANCE, new ChannelInboundHandlerAdapter() {
                @Override
                public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                    events.add(event);
                }
            });

    private static DatagramPacket datagram(ByteBuf content) {
        return new DatagramPacket(content, HERE, PEER);
    }

    @Test
    void a_datagram_becomes_a_message() {
        ByteBuf wire = bytes(0, 4, 0, 9);
        channel.writeInbound(datagram(wire));
        assertThat(channel.<Object>readInbound()).isEqualTo(new Ack(9));
        assertThat(wire.refCnt()).isZero();
        assertFalse(channel.finish());
    }

    @Test
    void data_retains_its_datagram() {
        ByteBuf wire = bytes(0, 3, 0, 1, "abc");
        channel.writeInbound(datagram(wire));
        Data data = channel.readInbound();
        assertThat(data.content()).isEqualTo(bytes("abc"));
        data.release();
        assertThat(wire.refCnt()).isZero();
        assertFalse(channel.finish());
    }

    @Test
    @Tag("case-40")
    void case40_a_malformed_datagram_is_dropped_and_reported_as_an_event() {
        ByteBuf wire = bytes(0, 9, 0, 1);
        channel.writeInbound(datagram(wire));
        assertThat(channel.<Object>readInbound()).isNull();
        assertThat(channel.<Object>readOutbound()).isNull();
        assertThat(events).singleElement().isInstanceOf(MalformedMessageException.class);
        assertThat(wire.refCnt()).isZero();
        assertFalse(channel.finish());
    }

    @Test
    void a_message_becomes_bytes() {
        channel.writeOutbound(new ErrorMessage(1, "file not found"));
        ByteBuf wire = channel.readOutbound();
        assertThat(wire).isEqualTo(bytes(0, 5, 0, 1, "file not found", 0));
        wire.release();
        assertFalse(channel.finish());
    }

    @Test
    void data_is_released_once_it_is_written() {
        ByteBuf content = bytes("abc");
        channel.writeOutbound(new Data(1, content));
        ByteBuf wire = channel.readOutbound();
        assertThat(wire).isEqualTo(bytes(0, 3, 0, 1, "abc"));
        wire.release();
        assertThat(content.refCnt()).isZero();
        assertFalse(channel.finish());
    }

    @Test
    void other_objects_pass_unchanged() {
        channel.writeInbound("in");
        channel.writeOutbound("out");
        assertThat(channel.<Object>readInbound()).isEqualTo("in");
        assertThat(channel.<Object>readOutbound()).isEqualTo("out");
        assertFalse(channel.finish());
    }

    @Test
    void with_many_peers_messages_have_the_addresses_of_their_datagrams() {
        channel.pipeline().replace(TftpDatagramCodec.class, null, TftpDatagramCodec.addressed(Strictness.TOLERANT));
        channel.writeInbound(datagram(bytes(0, 1, "f", 0, "octet"))); // no terminating NUL
        AddressedEnvelope<?, ?> request = channel.readInbound();
        assertThat(request.content()).isEqualTo(new ReadRequest("f", TransferMode.OCTET, Options.NONE));
        assertThat(request.sender()).isEqualTo(PEER);
        assertThat(request.recipient()).isEqualTo(HERE);
        channel.writeOutbound(new DefaultAddressedEnvelope<>(new ErrorMessage(1, "file not found"), PEER));
        DatagramPacket error = channel.readOutbound();
        assertThat(error.content()).isEqualTo(bytes(0, 5, 0, 1, "file not found", 0));
        assertThat(error.recipient()).isEqualTo(PEER);
        error.release();
        assertFalse(channel.finish());
    }

    @Test
    void case40_with_many_peers_a_malformed_datagram_is_reported_with_its_addresses() {
        channel.pipeline().replace(TftpDatagramCodec.class, null, TftpDatagramCodec.addressed(Strictness.STRICT));
        ByteBuf wire = bytes(0, 1, "f", 0, "octet");
        channel.writeInbound(datagram(wire));
        assertThat(channel.<Object>readInbound()).isNull();
        AddressedEnvelope<?, ?> event = (AddressedEnvelope<?, ?>) events.get(0);
        assertThat(event.content())
                .isInstanceOfSatisfying(
                        MalformedMessageException.class, malformed -> assertTrue(malformed.isRequest()));
        assertThat(event.sender()).isEqualTo(PEER);
        assertThat(wire.refCnt()).isZero();
        assertFalse(channel.finish());
    }

    @Test
    void one_instance_serves_two_channels() {
        EmbeddedChannel other = new EmbeddedChannel(TftpDatagramCodec.INSTANCE);
        other.writeInbound(datagram(bytes(0, 4, 0, 1)));
        channel.writeInbound(datagram(bytes(0, 4, 0, 2)));
        assertThat(other.<Object>readInbound()).isEqualTo(new Ack(1));
        assertThat(channel.<Object>readInbound()).isEqualTo(new Ack(2));
        assertFalse(other.finish());
        assertFalse(channel.finish());
    }
}

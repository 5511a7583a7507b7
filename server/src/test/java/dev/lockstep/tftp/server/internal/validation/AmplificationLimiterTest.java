package dev.lockstep.tftp.server.internal.validation;

import static dev.lockstep.tftp.testing.Wires.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.AmplificationLimits;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.internal.session.ServerTransfer;
import dev.lockstep.tftp.server.internal.session.TransferKey;
import dev.lockstep.tftp.server.internal.session.TransferQuota;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AmplificationLimiterTest {
    private static final InetSocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2000);
    private static final Object[] OACK = {0, 6, "tsize", 0, "5", 0};
    private static final Object[] DATA = {0, 3, 0, 1, "x".repeat(512)};
    private static final Object[] ERROR = {0, 5, 0, 0, "no", 0};

    private final AddressValidation validation = new AddressValidation(new AmplificationLimits(10, 1024, 1024), 42);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private PeerValidation peer;

    @BeforeEach
    void a_transfer_with_a_limiter() {
        channel.freezeTime();
        limit(validation);
    }

    private void limit(AddressValidation validation) {
        ReadRequest request = new ReadRequest("file", TransferMode.OCTET, Options.NONE);
        peer = validation.admit(PEER, channel.eventLoop().ticker().nanoTime());
        peer.start(new ServerTransfer(
                1,
                new TransferKey(PEER, PEER.getAddress()),
                request,
                new RequestSettings(new MemoryStorage(1, WriteRules.READ_ONLY), TransferLimits.DEFAULT),
                PortMode.EPHEMERAL,
                0,
                peer,
                new TransferQuota(10, 10),
                channel.eventLoop()));
        channel.pipeline().addLast(new AmplificationLimiter(peer));
    }

    @AfterEach
    void nothing_is_left() {
        assertThat(channel.finish()).isFalse();
    }

    private int passing(int times, Object... message) {
        int passed = 0;
        for (int i = 0; i < times; i++) {
            channel.writeOutbound(bytes(message));
            ByteBuf out = channel.readOutbound();
            if (out != null) {
                assertThat(out).isEqualTo(bytes(message));
                out.release();
                passed++;
            }
        }
        return passed;
    }

    private void answer() {
        channel.writeInbound(bytes(0, 4, 0, 0));
        channel.<ByteBuf>readInbound().release();
    }

    @Test
    void an_oack_is_sent_at_most_four_times() {
        assertThat(passing(20, OACK)).isEqualTo(4);
    }

    @Test
    void a_block_is_sent_at_most_three_times() {
        assertThat(passing(20, DATA)).isEqualTo(3);
    }

    @Test
    void each_repeated_request_allows_one_more_reply() {
        passing(20, OACK);
        peer.onRequestRepeated();
        assertThat(passing(20, OACK)).isEqualTo(1);
    }

    @Test
    void without_limits_retransmissions_are_not_limited() {
        channel.pipeline().removeFirst();
        limit(new AddressValidation(AmplificationLimits.UNLIMITED, 42));
        assertThat(passing(20, DATA)).isEqualTo(20);
        answer();
        assertThat(channel.pipeline().get(AmplificationLimiter.class)).isNull();
    }

    @Test
    void an_error_is_still_sent() {
        passing(20, OACK);
        assertThat(passing(1, ERROR)).isEqualTo(1);
    }

    @Test
    void a_validated_peer_is_not_limited() {
        passing(20, OACK);
        answer();
        assertThat(passing(100, DATA)).isEqualTo(100);
        assertThat(channel.pipeline().get(AmplificationLimiter.class)).isNull();
    }

    @Test
    void nothing_is_sent_when_the_token_bucket_of_the_peer_is_empty() {
        taken();
        assertThat(passing(20, OACK)).isZero();
        assertThat(passing(1, ERROR)).isZero();
    }

    @Test
    void a_reply_of_the_peer_returns_the_tokens() {
        int before = taken();
        channel.advanceTimeBy(16, TimeUnit.SECONDS);
        assertThat(passing(1, DATA)).isEqualTo(1);
        answer();
        assertThat(taken()).isEqualTo(before);
    }

    /** Empties the token bucket and returns the number of bytes that it held. */
    private int taken() {
        int size = 0;
        PeerValidation same = new PeerValidation(validation, PEER.getAddress());
        while (same.tryCharge(1, channel.eventLoop().ticker().nanoTime())) {
            size++;
        }
        return size;
    }

    @Test
    void a_validated_peer_is_not_evicted() {
        answer();
        assertThat(validation.evictOldest(any -> true, TimeUnit.MINUTES.toNanos(1)))
                .isNull();
        assertThat(channel.isOpen()).isTrue();
    }
}

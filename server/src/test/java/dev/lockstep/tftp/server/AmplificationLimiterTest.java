package dev.lockstep.tftp.server;

import static dev.lockstep.tftp.testing.Wires.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
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

    private final ReplyBudget buckets = new ReplyBudget(new AmplificationLimits(10, 1024, 1024), 42);
    private final UnvalidatedTransfers unvalidated = new UnvalidatedTransfers(10);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private AmplificationLimiter gate;
    private ServerTransfer child;

    @BeforeEach
    void a_child_with_a_gate() {
        channel.freezeTime();
        ReadRequest request = new ReadRequest("file", TransferMode.OCTET, Options.NONE);
        child = new ServerTransfer(PEER, request, PortMode.FRESH, 0, new TransferQuota(10, 10), channel.eventLoop());
        unvalidated.add(child);
        gate = new AmplificationLimiter(child, buckets, unvalidated);
        channel.pipeline().addLast(gate);
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
    void an_oack_leaves_four_times() {
        assertThat(passing(20, OACK)).isEqualTo(4);
    }

    @Test
    void a_block_leaves_three_times() {
        assertThat(passing(20, DATA)).isEqualTo(3);
    }

    @Test
    void each_request_that_comes_again_is_answered_once_more() {
        passing(20, OACK);
        gate.onRequestRepeated();
        assertThat(passing(20, OACK)).isEqualTo(1);
    }

    @Test
    void an_error_still_leaves() {
        passing(20, OACK);
        assertThat(passing(1, ERROR)).isEqualTo(1);
    }

    @Test
    void once_the_peer_has_answered_all_leaves() {
        passing(20, OACK);
        answer();
        assertThat(passing(100, DATA)).isEqualTo(100);
        assertThat(channel.pipeline().get(AmplificationLimiter.class)).isNull();
    }

    @Test
    void nothing_leaves_that_the_peers_bucket_does_not_pay_for() {
        taken();
        assertThat(passing(20, OACK)).isZero();
        assertThat(passing(1, ERROR)).isZero();
    }

    @Test
    void the_peers_answer_gives_back_what_was_paid() {
        int before = taken();
        channel.advanceTimeBy(16, TimeUnit.SECONDS);
        assertThat(passing(1, DATA)).isEqualTo(1);
        answer();
        assertThat(taken()).isEqualTo(before);
    }

    /** Empties the bucket. */
    private int taken() {
        int octets = 0;
        while (buckets.tryTake(
                PEER.getAddress(), 1, channel.eventLoop().ticker().nanoTime())) {
            octets++;
        }
        return octets;
    }

    @Test
    void a_peer_that_has_answered_makes_no_room_for_others() {
        answer();
        assertThat(unvalidated.evictOldest(any -> true, TimeUnit.MINUTES.toNanos(1)))
                .isNull();
        assertThat(channel.isOpen()).isTrue();
    }
}

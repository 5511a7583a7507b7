package dev.lockstep.tftp.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.transfer.TftpException;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class UnvalidatedTransfersTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final TransferQuota admission = new TransferQuota(100, 100);
    private final UnvalidatedTransfers unvalidated = new UnvalidatedTransfers(3);
    private final List<EmbeddedChannel> channels = new ArrayList<>();

    private ServerTransfer child() throws TftpException {
        EmbeddedChannel channel = new EmbeddedChannel();
        channels.add(channel);
        InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), channels.size());
        ReadRequest request = new ReadRequest("file", TransferMode.OCTET, Options.NONE);
        ServerTransfer child = new ServerTransfer(peer, request, PortMode.FRESH, 0, admission, channel.eventLoop());
        admission.enter(child);
        unvalidated.add(child);
        child.openedThrough(channel, null);
        return child;
    }

    private List<Boolean> open() {
        return channels.stream().map(EmbeddedChannel::isOpen).toList();
    }

    @Test
    void the_oldest_make_room_for_the_youngest() throws TftpException {
        for (int i = 0; i < 5; i++) {
            child();
        }
        assertThat(open()).containsExactly(false, false, true, true, true);
        assertThat(admission.running()).isEqualTo(3);
    }

    @Test
    void who_has_answered_or_is_over_makes_no_room() throws TftpException {
        ServerTransfer first = child();
        unvalidated.remove(first);
        child();
        child();
        child();
        assertThat(open()).containsOnly(true);
        child();
        assertThat(open()).containsExactly(true, false, true, true, true);
    }

    private boolean isRoomMade(long now) {
        return unvalidated.evictOldest(any -> true, now) != null;
    }

    @Test
    void where_there_is_no_place_left_only_who_had_time_to_answer_makes_room() throws TftpException {
        assertThat(isRoomMade(9 * SECOND)).isFalse();
        unvalidated.onFirstMessage(child(), 0);
        unvalidated.onFirstMessage(child(), 2 * SECOND);
        assertThat(isRoomMade(2 * SECOND)).isFalse();
        assertThat(open()).containsExactly(true, true);
        assertThat(isRoomMade(3 * SECOND)).isTrue();
        assertThat(open()).containsExactly(false, true);
        assertThat(isRoomMade(3 * SECOND)).isFalse();
        assertThat(admission.running()).isEqualTo(1);
    }

    @Test
    void who_has_not_been_told_anything_yet_can_not_have_answered_and_makes_no_room() throws TftpException {
        ServerTransfer slow = child();
        assertThat(isRoomMade(9 * SECOND)).isFalse();
        unvalidated.onFirstMessage(slow, 9 * SECOND);
        assertThat(isRoomMade(11 * SECOND)).isFalse();
        assertThat(isRoomMade(12 * SECOND)).isTrue();
    }

    @Test
    void behind_one_that_has_not_been_told_anything_others_make_room() throws TftpException {
        ServerTransfer slow = child();
        ServerTransfer second = child();
        unvalidated.onFirstMessage(child(), 0);
        unvalidated.onFirstMessage(second, SECOND);
        assertThat(isRoomMade(3 * SECOND)).isTrue();
        assertThat(open()).containsExactly(true, true, false);
        unvalidated.onFirstMessage(slow, 3 * SECOND);
        assertThat(isRoomMade(4 * SECOND))
                .as("in the order of the first messages")
                .isTrue();
        assertThat(open()).containsExactly(true, false, false);
    }

    @Test
    void only_those_make_room_that_hold_what_is_needed() throws TftpException {
        unvalidated.onFirstMessage(child(), 0);
        PortMode range = new PortMode.Range(7000, 7001);
        assertThat(unvalidated.evictOldest(child -> child.holdsWhatIsNeededFor(range), 9 * SECOND))
                .isNull();
        assertThat(unvalidated.evictOldest(child -> child.holdsWhatIsNeededFor(PortMode.FRESH), 9 * SECOND))
                .isNotNull();
    }

    @Test
    void whose_file_is_still_being_opened_is_told_that_nobody_waits() throws TftpException {
        ServerTransfer child = child();
        child.evict();
        assertThat(child.isAbandoned()).isTrue();
        child.leave();
        assertThat(admission.running()).isZero();
    }
}

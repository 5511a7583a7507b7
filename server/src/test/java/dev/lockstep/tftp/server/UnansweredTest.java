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
class UnansweredTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Admission admission = new Admission(100, 100);
    private final Unanswered unanswered = new Unanswered(3);
    private final List<EmbeddedChannel> channels = new ArrayList<>();

    private Child child() throws TftpException {
        EmbeddedChannel channel = new EmbeddedChannel();
        channels.add(channel);
        InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), channels.size());
        admission.enter(peer.getAddress());
        ReadRequest request = new ReadRequest("file", TransferMode.OCTET, Options.NONE);
        Child child = new Child(peer, request, 0, admission, channel.eventLoop());
        unanswered.add(child);
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
        Child first = child();
        unanswered.remove(first);
        child();
        child();
        child();
        assertThat(open()).containsOnly(true);
        child();
        assertThat(open()).containsExactly(true, false, true, true, true);
    }

    @Test
    void where_there_is_no_place_left_only_who_had_time_to_answer_makes_room() throws TftpException {
        assertThat(unanswered.makeRoom(9 * SECOND)).isFalse();
        child().speaks(0);
        child().speaks(2 * SECOND);
        assertThat(unanswered.makeRoom(2 * SECOND)).isFalse();
        assertThat(open()).containsExactly(true, true);
        assertThat(unanswered.makeRoom(3 * SECOND)).isTrue();
        assertThat(open()).containsExactly(false, true);
        assertThat(unanswered.makeRoom(3 * SECOND)).isFalse();
        assertThat(admission.running()).isEqualTo(1);
    }

    @Test
    void who_has_not_been_told_anything_yet_can_not_have_answered_and_makes_no_room() throws TftpException {
        Child slow = child();
        assertThat(unanswered.makeRoom(9 * SECOND)).isFalse();
        slow.speaks(9 * SECOND);
        assertThat(unanswered.makeRoom(11 * SECOND)).isFalse();
        assertThat(unanswered.makeRoom(12 * SECOND)).isTrue();
    }

    @Test
    void whose_file_is_still_being_opened_is_told_that_nobody_waits() throws TftpException {
        Child child = child();
        child.evict();
        assertThat(child.isAbandoned()).isTrue();
        child.leave();
        assertThat(admission.running()).isZero();
    }
}

package dev.lockstep.tftp.server.internal.validation;

import static dev.lockstep.tftp.codec.TftpOpcode.OACK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
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
class PeerValidationTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final TransferQuota quota = new TransferQuota(100, 100);
    private final AddressValidation validation =
            new AddressValidation(new AmplificationLimits(3, 1 << 20, 1 << 20), 42);
    private final List<EmbeddedChannel> channels = new ArrayList<>();

    private ServerTransfer transfer() throws TftpException {
        EmbeddedChannel channel = new EmbeddedChannel();
        channels.add(channel);
        InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), channels.size());
        ReadRequest request = new ReadRequest("file", TransferMode.OCTET, Options.NONE);
        ServerTransfer transfer = new ServerTransfer(
                1,
                new TransferKey(peer, peer.getAddress()),
                request,
                new RequestSettings(new MemoryStorage(1, WriteRules.READ_ONLY), TransferLimits.DEFAULT),
                PortMode.EPHEMERAL,
                0,
                new PeerValidation(validation, peer.getAddress()),
                quota,
                channel.eventLoop());
        quota.enter(transfer);
        transfer.validation().start(transfer);
        transfer.opened(channel);
        return transfer;
    }

    private static void replyTo(ServerTransfer transfer, long now) {
        assertThat(transfer.validation().tryChargeMessage(OACK, 10, now)).isTrue();
    }

    private List<Boolean> open() {
        return channels.stream().map(EmbeddedChannel::isOpen).toList();
    }

    @Test
    void the_oldest_transfers_are_evicted_for_the_newest() throws TftpException {
        for (int i = 0; i < 5; i++) {
            transfer();
        }
        assertThat(open()).containsExactly(false, false, true, true, true);
        assertThat(quota.running()).isEqualTo(3);
    }

    @Test
    void a_validated_or_finished_transfer_is_not_evicted() throws TftpException {
        ServerTransfer first = transfer();
        first.validation().validated(0);
        transfer();
        transfer();
        transfer();
        assertThat(open()).containsOnly(true);
        transfer();
        assertThat(open()).containsExactly(true, false, true, true, true);
    }

    private boolean isEvicted(long now) {
        return validation.evictOldest(any -> true, now) != null;
    }

    @Test
    void a_full_server_evicts_only_transfers_whose_peer_had_time_to_reply() throws TftpException {
        assertThat(isEvicted(9 * SECOND)).isFalse();
        replyTo(transfer(), 0);
        replyTo(transfer(), 2 * SECOND);
        assertThat(isEvicted(2 * SECOND)).isFalse();
        assertThat(open()).containsExactly(true, true);
        assertThat(isEvicted(3 * SECOND)).isTrue();
        assertThat(open()).containsExactly(false, true);
        assertThat(isEvicted(3 * SECOND)).isFalse();
        assertThat(quota.running()).isEqualTo(1);
    }

    @Test
    void a_transfer_that_has_sent_nothing_yet_is_not_evicted() throws TftpException {
        ServerTransfer slow = transfer();
        assertThat(isEvicted(9 * SECOND)).isFalse();
        replyTo(slow, 9 * SECOND);
        assertThat(isEvicted(11 * SECOND)).isFalse();
        assertThat(isEvicted(12 * SECOND)).isTrue();
    }

    @Test
    void transfers_behind_one_that_has_sent_nothing_are_evicted() throws TftpException {
        ServerTransfer slow = transfer();
        ServerTransfer second = transfer();
        replyTo(transfer(), 0);
        replyTo(second, SECOND);
        assertThat(isEvicted(3 * SECOND)).isTrue();
        assertThat(open()).containsExactly(true, true, false);
        replyTo(slow, 3 * SECOND);
        assertThat(isEvicted(4 * SECOND))
                .as("in the order of the first messages")
                .isTrue();
        assertThat(open()).containsExactly(true, false, false);
    }

    @Test
    void only_transfers_that_hold_the_needed_port_are_evicted() throws TftpException {
        replyTo(transfer(), 0);
        PortMode range = new PortMode.Range(7000, 7001);
        assertThat(validation.evictOldest(transfer -> transfer.holdsWhatIsNeededFor(range), 9 * SECOND))
                .isNull();
        assertThat(validation.evictOldest(transfer -> transfer.holdsWhatIsNeededFor(PortMode.EPHEMERAL), 9 * SECOND))
                .isNotNull();
    }

    @Test
    void evicting_a_transfer_whose_file_is_being_opened_abandons_the_open() throws TftpException {
        ServerTransfer transfer = transfer();
        transfer.evict();
        assertThat(transfer.isAbandoned()).isTrue();
        transfer.leave();
        assertThat(quota.running()).isZero();
    }
}

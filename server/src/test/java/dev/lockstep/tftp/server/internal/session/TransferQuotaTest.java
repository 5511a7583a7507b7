package dev.lockstep.tftp.server.internal.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.AmplificationLimits;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.internal.validation.AddressValidation;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TransferQuotaTest {
    private final AddressValidation validation =
            new AddressValidation(new AmplificationLimits(1 << 20, 1 << 30, 1 << 30), 42);
    private final EventLoop loop = new EmbeddedChannel().eventLoop();
    private final TransferQuota quota = new TransferQuota(3, 2);

    private ServerTransfer enter(String address) throws TftpException {
        InetSocketAddress peer = new InetSocketAddress(address, 2000);
        ReadRequest request = new ReadRequest("file", TransferMode.OCTET, Options.NONE);
        ServerTransfer transfer = new ServerTransfer(
                1,
                new TransferKey(peer, peer.getAddress()),
                request,
                new RequestSettings(new MemoryStorage(1, WriteRules.READ_ONLY), TransferLimits.DEFAULT),
                PortMode.EPHEMERAL,
                0,
                validation.admit(peer, 0),
                quota,
                new EmbeddedChannel().eventLoop());
        quota.enter(transfer);
        return transfer;
    }

    @Test
    void a_client_is_limited_to_its_quota() throws TftpException {
        enter("192.0.2.1");
        enter("192.0.2.1");
        assertThatThrownBy(() -> enter("192.0.2.1"))
                .isInstanceOf(TftpException.class)
                .hasMessageContaining("client");
        enter("192.0.2.2");
        assertThat(quota.running()).isEqualTo(3);
    }

    @Test
    void the_addresses_of_an_ipv6_64_are_one_client() throws TftpException {
        enter("2001:db8:1:1::1");
        enter("2001:db8:1:1:ffff::2");
        assertThatThrownBy(() -> enter("2001:db8:1:1:1:2:3:4")).hasMessageContaining("client");
        enter("2001:db8:1:2::1");
        assertThat(quota.running()).isEqualTo(3);
    }

    @Test
    void all_clients_together_are_limited_to_the_quota_of_the_server() throws TftpException {
        ServerTransfer first = enter("192.0.2.1");
        enter("192.0.2.1");
        enter("192.0.2.2");
        assertThatThrownBy(() -> enter("192.0.2.2")).hasMessageContaining("busy");
        quota.leave(first);
        enter("192.0.2.2");
        assertThat(quota.running()).isEqualTo(3);
    }

    @Test
    void a_refused_transfer_does_not_count() throws TftpException {
        ServerTransfer first = enter("192.0.2.1");
        enter("192.0.2.1");
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> enter("192.0.2.1")).isInstanceOf(TftpException.class);
        }
        quota.leave(first);
        enter("192.0.2.1");
        assertThat(quota.running()).isEqualTo(2);
    }

    @Test
    void all_transfers_are_lock_step_only_while_none_has_a_window() throws TftpException {
        ServerTransfer first = enter("192.0.2.1");
        assertThat(quota.isLockStepOnly(2)).as("not negotiated").isFalse();
        first.started(null, 1);
        assertThat(quota.isLockStepOnly(1)).isTrue();
        ServerTransfer second = enter("192.0.2.1");
        second.started(null, 4);
        assertThat(quota.isLockStepOnly(2)).as("a window of 4").isFalse();
        quota.leave(second);
        assertThat(quota.isLockStepOnly(1)).isTrue();
        ServerTransfer third = enter("192.0.2.2");
        third.started(null, 1);
        assertThat(quota.isLockStepOnly(1)).as("more than one").isFalse();
        assertThat(quota.isLockStepOnly(2)).isTrue();
        quota.leave(first);
        first.started(null, 1); // evicted meanwhile
        quota.leave(third);
        assertThat(quota.isLockStepOnly(0)).isTrue();
    }

    @Test
    void a_closed_quota_admits_no_transfer() {
        quota.close();
        assertThatThrownBy(() -> enter("192.0.2.1")).hasMessageContaining("shutting down");
        assertThat(quota.running()).isZero();
    }

    @Test
    void waiting_ends_when_the_last_transfer_leaves() throws Exception {
        ServerTransfer last = enter("192.0.2.1");
        assertThat(quota.awaitEmpty(Duration.ZERO)).isFalse();
        CompletableFuture<Void> leaving = CompletableFuture.runAsync(() -> quota.leave(last));
        assertThat(quota.awaitEmpty(Duration.ofMinutes(1))).isTrue();
        leaving.join();
        assertThat(quota.awaitEmpty(Duration.ZERO)).isTrue();
    }

    @Test
    void threads_together_do_not_exceed_the_limits() {
        AtomicInteger admitted = new AtomicInteger();
        IntStream.range(0, 20_000).parallel().forEach(i -> {
            try {
                ServerTransfer transfer = enter("192.0.2." + i % 3);
                assertThat(admitted.incrementAndGet()).isLessThanOrEqualTo(3);
                admitted.decrementAndGet();
                quota.leave(transfer);
            } catch (TftpException full) {
                assertThat(full).hasMessageContaining("try again");
            }
        });
        assertThat(quota.running()).isZero();
    }
}

package dev.lockstep.tftp.server.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.event.DropReason;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.BuiltConfig;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.TftpServerBuilder;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RequestDispatcherTest {
    private static final String FULL = "x".repeat(512);
    private static final Object[] TOO_MANY = {0, 5, 0, 0, "too many transfers of this client, try again", 0};
    private static final Object[] BUSY = {0, 5, 0, 0, "server is busy, try again", 0};

    private final MemoryStorage files = new MemoryStorage(1 << 20, WriteRules.ANY_FILE);
    private final InetSocketAddress first = client("192.0.2.1", 2000);
    private final InetSocketAddress second = client("192.0.2.1", 2001);
    private final InetSocketAddress other = client("192.0.2.2", 2000);
    private VirtualListener server;

    private static InetSocketAddress client(String address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(address), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private void start(int transfers, int perClient) throws IOException {
        start(TftpServer.builder().maxTransfers(transfers, perClient));
    }

    private void start(TftpServerBuilder builder) throws IOException {
        files.put("small", "hello".getBytes());
        files.put("large", (FULL + FULL + "rest").getBytes());
        TransferLimits slow = TransferLimits.DEFAULT.withTimes(
                Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(11));
        server = new VirtualListener(builder.storage(files).limits(slow));
    }

    @AfterEach
    void nothing_is_left() {
        if (server != null) {
            server.close();
            assertThat(server.quota.running()).isZero();
        }
    }

    private void read(InetSocketAddress peer, String name) {
        server.arrive(peer, 0, 1, name, 0, "octet", 0);
    }

    private void upload(InetSocketAddress peer, String name, String content) {
        server.arrive(peer, 0, 2, name, 0, "octet", 0);
        server.expect(peer, 0, 4, 0, 0);
        server.arrive(peer, 0, 3, 0, 1, content);
        server.expect(peer, 0, 4, 0, 1);
    }

    @Test
    void a_sequential_client_limited_to_one_transfer_is_not_refused_when_its_last_ack_is_read_late()
            throws IOException {
        start(10, 1);
        read(first, "small");
        server.expect(first, 0, 3, 0, 1, "hello");
        read(second, "small");
        server.pass(10);
        server.expectSilence();
        server.arrive(first, 0, 4, 0, 1);
        server.pass(10);
        server.expect(second, 0, 3, 0, 1, "hello");
        server.arrive(second, 0, 4, 0, 1);
        assertThat(server.ended()).extracting("outcome").containsExactly(Outcome.COMPLETE, Outcome.COMPLETE);
    }

    @Test
    void a_request_over_the_quota_waits_31_ms_and_is_refused_once() throws IOException {
        start(10, 1);
        read(first, "small");
        server.expect(first, 0, 3, 0, 1, "hello");
        read(second, "small");
        server.pass(20);
        read(second, "small"); // repeated: still one request
        server.pass(10);
        server.expectSilence();
        server.pass(1);
        server.expect(second, TOO_MANY);
        server.pass(100);
        server.expectSilence();
    }

    @Test
    void a_waiting_request_does_not_start_after_a_newer_one_of_its_port() throws IOException {
        start(2, 2);
        read(first, "small");
        server.expect(first, 0, 3, 0, 1, "hello");
        read(other, "small");
        server.expect(other, 0, 3, 0, 1, "hello");
        read(second, "small");
        server.expectSilence();
        server.arrive(first, 0, 4, 0, 1);
        server.arrive(other, 0, 4, 0, 1);
        read(second, "large");
        server.expect(second, 0, 3, 0, 1, FULL);
        server.pass(100);
        server.expectSilence();
        server.arrive(second, 0, 4, 0, 1);
        server.expect(second, 0, 3, 0, 2, FULL);
    }

    @Test
    void at_most_64_requests_wait_for_the_quota() throws IOException {
        start(1, 1);
        read(first, "small");
        server.expect(first, 0, 3, 0, 1, "hello");
        for (int i = 0; i < 64; i++) {
            read(client("198.51.100.1", 3000 + i), "small");
        }
        server.expectSilence();
        read(client("198.51.100.1", 4000), "small");
        server.expect(client("198.51.100.1", 4000), BUSY);
        server.pass(31);
        for (int i = 0; i < 64; i++) {
            server.expect(client("198.51.100.1", 3000 + i), BUSY);
        }
    }

    @Test
    @Tag("case-66")
    void case66_a_late_copy_of_a_write_request_is_answered_from_the_finished_upload() throws IOException {
        start(10, 10);
        upload(first, "up", "one");
        server.pass(900);
        server.arrive(first, 0, 2, "up", 0, "octet", 0);
        server.expect(first, 0, 4, 0, 1);
    }

    @Test
    @Tag("case-66")
    void case66_the_same_upload_from_the_same_port_after_the_quiet_time_is_a_new_one() throws IOException {
        start(10, 10);
        upload(first, "up", "one");
        server.pass(1000);
        upload(first, "up", "two");
        assertThat(server.ended()).extracting("outcome").containsExactly(Outcome.COMPLETE, Outcome.COMPLETE);
        assertThat(server.ended().get(1).stats().bytes()).isEqualTo(3);
    }

    @Test
    @Tag("case-66")
    void case66_a_negotiated_timeout_is_the_quiet_time() throws IOException {
        start(10, 10);
        Object[] request = {0, 2, "up", 0, "octet", 0, "timeout", 0, "3", 0};
        server.arrive(first, request);
        server.expect(first, 0, 6, "timeout", 0, "3", 0);
        server.arrive(first, 0, 3, 0, 1, "one");
        server.expect(first, 0, 4, 0, 1);
        server.pass(2900);
        server.arrive(first, request);
        server.expect(first, 0, 4, 0, 1);
        server.pass(100);
        server.arrive(first, request);
        server.expect(first, 0, 6, "timeout", 0, "3", 0);
    }

    private void readLargeAndReplyAfter(long millis) throws IOException {
        start(10, 10);
        read(first, "large");
        server.expect(first, 0, 3, 0, 1, FULL);
        server.pass(millis);
        server.arrive(first, 0, 4, 0, 1);
    }

    @Test
    void a_late_copy_of_a_request_does_not_replace_the_transfer_of_a_client_that_replies_slowly() throws IOException {
        readLargeAndReplyAfter(2500);
        server.forgetSent();
        server.pass(2000);
        read(first, "large");
        server.forgetSent();
        server.arrive(first, 0, 4, 0, 2);
        server.expect(first, 0, 3, 0, 3, "rest");
        server.arrive(first, 0, 4, 0, 3);
        assertThat(server.ended()).extracting("outcome").containsExactly(Outcome.COMPLETE);
    }

    @Test
    void a_request_after_twice_the_longest_pause_of_its_client_is_a_new_one() throws IOException {
        readLargeAndReplyAfter(2500);
        server.pass(5000);
        server.forgetSent();
        read(first, "large");
        server.expect(first, 0, 3, 0, 1, FULL);
        assertThat(server.ended()).extracting("outcome").containsExactly(Outcome.REPLACED);
    }

    @Test
    void dallying_uploads_are_limited_by_the_quota_and_the_oldest_is_closed_first() throws IOException {
        start(2, 2);
        for (int i = 0; i < 3; i++) {
            upload(client("192.0.2.1", 3000 + i), "up" + i, "x");
        }
        assertThat(server.quota.running()).isZero();
        server.arrive(client("192.0.2.1", 3000), 0, 3, 0, 1, "x");
        server.expectSilence();
        for (int i = 1; i < 3; i++) {
            server.arrive(client("192.0.2.1", 3000 + i), 0, 3, 0, 1, "x");
            server.expect(client("192.0.2.1", 3000 + i), 0, 4, 0, 1);
        }
    }

    @Test
    void a_full_server_evicts_the_transfer_that_has_been_idle_longest() throws IOException {
        start(2, 2);
        for (InetSocketAddress peer : new InetSocketAddress[] {first, second}) {
            read(peer, "large");
            server.expect(peer, 0, 3, 0, 1, FULL);
            server.arrive(peer, 0, 4, 0, 1);
            server.expect(peer, 0, 3, 0, 2, FULL);
            server.pass(100);
        }
        server.pass(9_750);
        read(other, "small");
        server.pass(31);
        server.expect(other, BUSY);
        server.pass(100);
        read(other, "small");
        server.expect(first, 0, 5, 0, 0, "evicted in favour of a new request", 0);
        server.expect(other, 0, 3, 0, 1, "hello");
        assertThat(server.ended()).extracting("peer").containsExactly(first);
        assertThat(server.quota.running()).isEqualTo(2);
    }

    @Test
    void a_server_that_shuts_down_evicts_no_transfer_for_a_request_that_waits() throws IOException {
        start(2, 2);
        read(first, "large");
        server.expect(first, 0, 3, 0, 1, FULL);
        server.arrive(first, 0, 4, 0, 1);
        server.expect(first, 0, 3, 0, 2, FULL);
        server.pass(6_990);
        read(second, "large");
        server.expect(second, 0, 3, 0, 1, FULL);
        server.pass(2_990);
        server.expectSilence();
        read(other, "small");
        server.quota.close();
        server.pass(31);
        server.expect(other, 0, 5, 0, 0, "server is shutting down", 0);
        server.expectSilence();
        read(client("192.0.2.3", 2000), "small");
        server.expect(client("192.0.2.3", 2000), 0, 5, 0, 0, "server is shutting down", 0);
        server.expectSilence();
        assertThat(server.ended()).isEmpty();
        assertThat(server.quota.running()).isEqualTo(2);
    }

    private void startReplica() throws IOException {
        start(TftpServer.builder().maxTransfers(2, 2).replica(true));
    }

    private List<DropReason> dropped() {
        return server.events.stream()
                .filter(TransferEvent.Dropped.class::isInstance)
                .map(event -> ((TransferEvent.Dropped) event).reason())
                .toList();
    }

    @Test
    void a_replica_drops_what_belongs_to_no_transfer_and_another_server_answers_with_error_5() throws IOException {
        startReplica();
        server.arrive(first, 0, 4, 0, 7);
        server.arrive(first, 0, 3, 0, 7, "data");
        server.arrive(first, 0, 6, "blksize", 0, "1024", 0);
        server.expectSilence();
        assertThat(dropped()).hasSize(3).containsOnly(DropReason.UNKNOWN_TRANSFER);
        server.close();
        start(2, 2);
        server.arrive(first, 0, 4, 0, 7);
        server.expect(first, 0, 5, 0, 5, "unknown transfer ID", 0);
        assertThat(dropped()).containsExactly(DropReason.NOT_A_REQUEST);
    }

    /** Reads the first block of a file, and is silent after the second for the given time. */
    private void readAndBeSilent(long millis) {
        read(first, "large");
        server.expect(first, 0, 3, 0, 1, FULL);
        server.arrive(first, 0, 4, 0, 1);
        server.expect(first, 0, 3, 0, 2, FULL);
        server.pass(millis);
    }

    @Test
    void a_replica_sends_no_error_to_a_silent_peer_and_another_server_does() throws IOException {
        startReplica();
        readAndBeSilent(60_000);
        server.expectSilence();
        assertThat(server.ended()).extracting("outcome").containsExactly(Outcome.FAILED);
        readAndBeSilent(1_000);
        server.dispatcher().cancelAll(new TftpException(ErrorCode.NOT_DEFINED, "closed"));
        server.settle();
        server.expectSilence();
        readAndBeSilent(900);
        server.dispatcher().cancelAll(new TftpException(ErrorCode.NOT_DEFINED, "closed"));
        server.settle();
        server.expect(first, 0, 5, 0, 0, "closed", 0);
        server.close();
        start(2, 2);
        readAndBeSilent(60_000);
        server.expect(first, 0, 5, 0, 0, "timed out", 0);
    }

    @Test
    void a_replica_that_drains_drops_requests_and_serves_running_transfers() throws IOException {
        startReplica();
        read(first, "large");
        server.expect(first, 0, 3, 0, 1, FULL);
        read(second, "large");
        server.expect(second, 0, 3, 0, 1, FULL);
        read(other, "small"); // waits for the quota
        server.quota.close();
        server.pass(31);
        read(client("192.0.2.3", 2000), "small");
        server.expectSilence();
        assertThat(dropped()).containsExactly(DropReason.DRAINING, DropReason.DRAINING);
        read(first, "large");
        server.expect(first, 0, 3, 0, 1, FULL);
        server.arrive(first, 0, 4, 0, 1);
        server.expect(first, 0, 3, 0, 2, FULL);
    }

    @Test
    void a_full_server_evicts_no_other_client_for_one_at_its_own_quota() throws IOException {
        start(2, 1);
        read(other, "small");
        server.expect(other, 0, 3, 0, 1, "hello");
        read(first, "large");
        server.expect(first, 0, 3, 0, 1, FULL);
        server.arrive(first, 0, 4, 0, 1);
        server.expect(first, 0, 3, 0, 2, FULL);
        server.pass(3_000);
        server.expectSilence();
        read(second, "small");
        server.pass(31);
        server.expect(second, TOO_MANY);
        assertThat(server.ended()).isEmpty();
        server.arrive(other, 0, 4, 0, 1);
        assertThat(server.ended()).extracting("outcome").containsExactly(Outcome.COMPLETE);
    }

    @Test
    void a_client_at_its_quota_evicts_its_own_idle_transfer_and_no_other() throws IOException {
        start(10, 1);
        read(other, "large");
        server.expect(other, 0, 3, 0, 1, FULL);
        server.arrive(other, 0, 4, 0, 1);
        server.expect(other, 0, 3, 0, 2, FULL);
        server.pass(1);
        read(first, "large");
        server.expect(first, 0, 3, 0, 1, FULL);
        server.arrive(first, 0, 4, 0, 1);
        server.expect(first, 0, 3, 0, 2, FULL);
        server.pass(10_000);
        read(second, "small");
        server.expect(first, 0, 5, 0, 0, "evicted in favour of a new request", 0);
        server.expect(second, 0, 3, 0, 1, "hello");
        assertThat(server.ended()).extracting("peer").containsExactly(first);
    }

    @Test
    void one_client_may_use_a_quarter_of_the_quota_by_default() {
        assertThat(BuiltConfig.of(TftpServer.builder().storage(files)).maxTransfersPerClient())
                .isEqualTo(2_500);
        assertThat(TftpServerBuilder.shareOf(3)).isEqualTo(1);
    }
}

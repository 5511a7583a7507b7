package dev.lockstep.tftp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.event.DropReason;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.RecordedEvents;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServerMetricsTest {
    private final MemoryStorage files = new MemoryStorage(1 << 20, WriteRules.NEW_FILES);
    private final RecordedEvents events = new RecordedEvents();

    private TftpServer start() throws Exception {
        files.put("f", "hello".getBytes());
        return TftpServer.builder()
                .storage(files)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .eventLoops(1)
                .bufferMemory(1 << 20)
                .listener(events)
                .drain(Duration.ZERO)
                .start();
    }

    @Test
    void a_snapshot_has_all_counters() throws Exception {
        try (TftpServer server = start();
                RawSocketPeer client = new RawSocketPeer()) {
            ServerMetrics before = server.metrics();
            assertThat(before.transfers().requested()).isZero();
            assertThat(before.refusals()).containsOnlyKeys(RefusalReason.values());
            assertThat(before.drops()).containsOnlyKeys(DropReason.values());

            client.sendTo(server.port(), 0, 1, "f", 0, "octet", 0);
            client.expect(0, 3, 0, 1, "hello");
            ServerMetrics running = server.metrics();
            assertThat(running.reads().running()).isEqualTo(1);
            assertThat(running.addressValidation().unvalidated()).isEqualTo(1);
            assertThat(running.addressValidation().limit()).isEqualTo(AmplificationLimits.NORMAL.requests());
            client.send(0, 4, 0, 1);
            events.await(TransferEvent.Ended.class);

            client.sendTo(server.port(), 0, 2, "up", 0, "octet", 0);
            client.expect(0, 4, 0, 0);
            client.send(0, 3, 0, 1, "abc");
            client.expect(0, 4, 0, 1);
            events.await(TransferEvent.Ended.class);

            client.sendTo(server.port(), 0, 1, "none", 0, "octet", 0);
            client.expectError(1);
            events.await(TransferEvent.Refused.class);
            client.sendTo(server.port(), 0, 1, "f", 0, "mail", 0);
            client.expectError(4);
            events.await(TransferEvent.Refused.class);
            client.sendTo(server.port(), 0, 4, 0, 7);
            events.await(TransferEvent.Dropped.class);

            ServerMetrics after = server.metrics();
            assertThat(after.reads().completed()).isEqualTo(1);
            assertThat(after.reads().bytes()).isEqualTo(5);
            assertThat(after.reads().requested()).isEqualTo(2);
            assertThat(after.reads().refused()).isEqualTo(1);
            assertThat(after.writes().completed()).isEqualTo(1);
            assertThat(after.writes().bytes()).isEqualTo(3);
            assertThat(after.transfers().bytes()).isEqualTo(8);
            assertThat(after.transfers().running()).isZero();
            assertThat(after.refusals())
                    .containsEntry(RefusalReason.STORAGE, 1L)
                    .containsEntry(RefusalReason.MALFORMED, 1L);
            assertThat(after.drops()).containsEntry(DropReason.NOT_A_REQUEST, 1L);
            assertThat(after.addressValidation().validated()).isEqualTo(2);
            assertThat(after.addressValidation().withheld()).isZero();
            assertThat(after.bufferMemory().limit()).isEqualTo(1 << 20);
            assertThat(after.bufferMemory().used()).isZero();
            assertThat(after.chunkCache()).isEqualTo(new ServerMetrics.ChunkCacheMetrics(0, 0, 0));
            assertThatThrownBy(() -> after.drops().clear()).isInstanceOf(UnsupportedOperationException.class);
            assertThat(before.reads().requested())
                    .as("a snapshot does not change")
                    .isZero();
        }
    }

    @Test
    void the_events_of_a_transfer_share_a_number() throws Exception {
        try (TftpServer server = start();
                RawSocketPeer client = new RawSocketPeer()) {
            client.sendTo(server.port(), 0, 1, "f", 0, "octet", 0);
            client.expect(0, 3, 0, 1, "hello");
            client.send(0, 4, 0, 1);
            events.await(TransferEvent.Ended.class);
            client.sendTo(server.port(), 0, 1, "none", 0, "octet", 0);
            client.expectError(1);
            events.await(TransferEvent.Refused.class);
        }
        List<TransferEvent> all = events.all();
        long first = all.get(0).transferId();
        assertThat(first).isPositive();
        assertThat(all)
                .extracting(TransferEvent::transferId)
                .containsExactly(first, first, first, first + 1, first + 1);
    }
}

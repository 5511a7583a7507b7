package dev.lockstep.tftp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.internal.capture.TraceForm;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.RecordedEvents;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PortModesTest {
    private static final TransferLimits SLOW_TIMER =
            TransferLimits.DEFAULT.withTimes(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(11));
    private static final String FULL = "x".repeat(512);

    private final RecordedEvents events = new RecordedEvents();
    private final MemoryStorage files = new MemoryStorage(1 << 20, WriteRules.ANY_FILE);
    private final List<String> trace = new CopyOnWriteArrayList<>();
    private TftpServer server;
    private RawSocketPeer client;

    @BeforeEach
    void a_client() throws IOException {
        client = new RawSocketPeer();
        files.put("large", (FULL + FULL + "rest").getBytes());
        files.put("small", "hello".getBytes());
    }

    @AfterEach
    void stop() {
        client.close();
        if (server != null) {
            server.stop(Duration.ZERO);
            assertThat(server.runningTransfers()).isZero();
        }
    }

    private void start(PortModes modes) throws IOException {
        server = TftpServer.builder()
                .storage(files)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .eventLoops(2)
                .limits(SLOW_TIMER)
                .listener(events)
                .tap(TraceForm.BYTES.onServer(trace::add))
                .portModes(modes)
                .start();
    }

    private void read(RawSocketPeer peer, String name) throws IOException {
        peer.sendTo(server.port(), 0, 1, name, 0, "octet", 0);
    }

    @Test
    void single_port_distinguishes_concurrent_clients() throws IOException {
        start(peer -> PortMode.SINGLE);
        List<RawSocketPeer> peers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            peers.add(new RawSocketPeer());
            read(peers.get(i), "large");
        }
        String[] blocks = {FULL, FULL, "rest"};
        for (int number = 1; number <= blocks.length; number++) {
            for (RawSocketPeer peer : peers) {
                peer.expect(0, 3, 0, number, blocks[number - 1]);
                assertThat(peer.peer().getPort()).isEqualTo(server.port());
                peer.send(0, 4, 0, number);
            }
        }
        peers.forEach(RawSocketPeer::close);
    }

    @Test
    void single_port_a_retransmitted_last_block_is_acknowledged_after_the_end_of_the_upload() throws Exception {
        start(peer -> PortMode.SINGLE);
        client.sendTo(server.port(), 0, 2, "up", 0, "octet", 0);
        client.expect(0, 4, 0, 0);
        client.send(0, 3, 0, 1, "new");
        client.expect(0, 4, 0, 1);
        events.await(TransferEvent.Ended.class);
        assertThat(server.runningTransfers()).isZero();
        client.send(0, 3, 0, 1, "new");
        client.expect(0, 4, 0, 1);
        assertThat(client.peer().getPort()).isEqualTo(server.port());
    }

    @Test
    void single_port_an_unknown_tid_gets_error_5_but_a_late_datagram_of_a_finished_transfer_nothing() throws Exception {
        start(peer -> PortMode.SINGLE);
        read(client, "small");
        client.expect(0, 3, 0, 1, "hello");
        client.send(0, 4, 0, 1);
        events.await(TransferEvent.Ended.class);
        client.send(0, 4, 0, 1); // a duplicate: the transfer has ended, and no ERROR is sent
        try (RawSocketPeer unknown = new RawSocketPeer()) {
            unknown.sendTo(server.port(), 0, 4, 0, 1);
            unknown.expectError(5);
            unknown.sendTo(server.port(), 0, 5, 0, 0, "an error is never answered", 0);
            unknown.sendTo(server.port(), 0, 3, 0, 1, "a second one within a short time is not, either");
            read(unknown, "small");
            unknown.expect(0, 3, 0, 1, "hello");
        }
        read(client, "small");
        client.expect(0, 3, 0, 1, "hello"); // and no ERROR before it
    }

    @Test
    void single_port_a_new_request_replaces_the_transfer_of_that_port() throws IOException {
        start(peer -> PortMode.SINGLE);
        read(client, "large");
        client.expect(0, 3, 0, 1, FULL);
        client.send(0, 4, 0, 1);
        client.expect(0, 3, 0, 2, FULL);
        read(client, "small");
        client.expect(0, 3, 0, 1, "hello");
        client.send(0, 4, 0, 1);
        read(client, "large");
        client.expect(0, 3, 0, 1, FULL);
    }

    @Test
    void single_port_a_refusal_is_sent_from_the_listening_port() throws IOException {
        start(peer -> PortMode.SINGLE);
        read(client, "missing");
        client.expectError(1);
        assertThat(client.peer().getPort()).isEqualTo(server.port());
        client.sendTo(server.port(), 0, 1, "no end");
        client.expectError(4);
        assertThat(client.peer().getPort()).isEqualTo(server.port());
    }

    @Test
    void single_port_a_trace_shows_each_packet_once() throws Exception {
        start(peer -> PortMode.SINGLE);
        read(client, "small");
        client.expect(0, 3, 0, 1, "hello");
        client.send(0, 4, 0, 1);
        events.await(TransferEvent.Ended.class);
        server.stop(Duration.ZERO);
        assertThat(trace)
                .anyMatch(line -> line.startsWith("C: 00 01 s  m  a  l  l"))
                .containsOnlyOnce("S: 00 03 00 01 [ 5 bytes of data ] (last)")
                .containsOnlyOnce("C: 00 04 00 01");
    }

    @Test
    void single_port_a_graceful_shutdown_lets_the_running_transfer_finish() throws Exception {
        start(peer -> PortMode.SINGLE);
        read(client, "large");
        client.expect(0, 3, 0, 1, FULL);
        Thread stopping = new Thread(() -> server.stop(Duration.ofSeconds(30)));
        stopping.start();
        while (stopping.getState() != Thread.State.TIMED_WAITING) { // for the end of the running transfer
            Thread.yield();
        }
        try (RawSocketPeer late = new RawSocketPeer()) {
            read(late, "small");
            assertThat(late.next().text()).contains("shutting down");
        }
        client.send(0, 4, 0, 1);
        client.expect(0, 3, 0, 2, FULL);
        client.send(0, 4, 0, 2);
        client.expect(0, 3, 0, 3, "rest");
        client.send(0, 4, 0, 3);
        stopping.join();
    }

    @Test
    void range_busy_ports_are_an_error_until_one_is_free() throws Exception {
        int free;
        try (RawSocketPeer probe = new RawSocketPeer()) {
            free = probe.port();
        }
        start(peer -> new PortMode.Range(free, free));
        read(client, "large");
        client.expect(0, 3, 0, 1, FULL);
        assertThat(client.peer().getPort()).isEqualTo(free);
        try (RawSocketPeer second = new RawSocketPeer()) {
            read(second, "small");
            assertThat(second.next().text()).contains("all ports of " + free + "-" + free + " are busy");
            client.send(0, 5, 0, 0, "enough", 0);
            events.await(TransferEvent.Ended.class);
            do { // the port is released shortly after the end is reported
                read(second, "small");
            } while (second.next().opcode() == Datagram.ERROR);
            assertThat(second.peer().getPort()).isEqualTo(free);
        }
    }

    @Test
    void range_a_dallying_upload_releases_its_port_before_a_request_is_refused() throws Exception {
        int free;
        try (RawSocketPeer probe = new RawSocketPeer()) {
            free = probe.port();
        }
        start(peer -> new PortMode.Range(free, free));
        client.sendTo(server.port(), 0, 2, "up", 0, "octet", 0);
        client.expect(0, 4, 0, 0);
        client.send(0, 3, 0, 1, "data");
        client.expect(0, 4, 0, 1);
        events.await(TransferEvent.Ended.class);
        try (RawSocketPeer second = new RawSocketPeer()) {
            read(second, "small");
            second.expect(0, 3, 0, 1, "hello");
            assertThat(second.peer().getPort()).isEqualTo(free);
        }
    }

    @Test
    void range_a_port_that_another_program_holds_is_skipped() throws IOException {
        try (RawSocketPeer other = new RawSocketPeer()) {
            int held = other.port();
            start(peer -> new PortMode.Range(held, Math.min(65535, held + 9)));
            for (int i = 0; i < 3; i++) {
                try (RawSocketPeer peer = new RawSocketPeer()) {
                    read(peer, "small");
                    peer.expect(0, 3, 0, 1, "hello");
                    assertThat(peer.peer().getPort()).isBetween(held + 1, held + 9);
                    peer.send(0, 4, 0, 1);
                }
            }
        }
    }

    @Test
    void the_port_mode_may_differ_by_client() throws IOException {
        start(peer -> peer.getPort() == client.port() ? PortMode.SINGLE : PortMode.EPHEMERAL);
        read(client, "small");
        client.expect(0, 3, 0, 1, "hello");
        assertThat(client.peer().getPort()).isEqualTo(server.port());
        try (RawSocketPeer other = new RawSocketPeer()) {
            read(other, "small");
            other.expect(0, 3, 0, 1, "hello");
            assertThat(other.peer().getPort()).isNotEqualTo(server.port());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "7000", "7010-7000", "0-5", "7000-70000", "a-b", "-7000"})
    void an_invalid_range_is_rejected_with_the_expected_form(String text) {
        assertThatThrownBy(() -> PortMode.range(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: FIRST-LAST, 1 to 65535)");
    }
}

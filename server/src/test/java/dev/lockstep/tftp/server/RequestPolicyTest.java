package dev.lockstep.tftp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.negotiation.Quirks;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.RecordedEvents;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestPolicyTest {
    private final MemoryStorage files = new MemoryStorage(1 << 20, WriteRules.ANY_FILE);
    private final RecordedEvents events = new RecordedEvents();

    private TftpServer start(RequestPolicy policy) throws IOException {
        return TftpServer.builder()
                .policy(policy)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .eventLoops(1)
                .drain(Duration.ZERO)
                .listener(events)
                .start();
    }

    @Test
    void each_request_gets_the_settings_of_its_policy() throws IOException {
        files.put("f", "hello".getBytes());
        RequestSettings book = new RequestSettings(files, TransferLimits.DEFAULT);
        RequestSettings small = new RequestSettings(files, TransferLimits.DEFAULT.withBlksize(600));
        RequestSettings ignoresAllOptions = book.withQuirks(Quirks.NO_OPTIONS);
        RequestSettings narrow = book.withMtu(1032);
        try (TftpServer server = start((request, peer) -> switch (request.filename()) {
                    case "/f" -> small;
                    case "//f" -> ignoresAllOptions;
                    case "///f" -> narrow;
                    default -> book;
                });
                RawSocketPeer client = new RawSocketPeer()) {
            client.sendTo(server.port(), 0, 1, "f", 0, "octet", 0, "blksize", 0, "1400", 0);
            client.expect(0, 6, "blksize", 0, "1400", 0);
            client.sendTo(server.port(), 0, 1, "/f", 0, "octet", 0, "blksize", 0, "1400", 0);
            client.expect(0, 6, "blksize", 0, "600", 0);
            client.sendTo(server.port(), 0, 1, "///f", 0, "octet", 0, "blksize", 0, "1400", 0);
            client.expect(0, 6, "blksize", 0, "1000", 0);
            client.sendTo(server.port(), 0, 1, "//f", 0, "octet", 0, "blksize", 0, "1400", 0);
            client.expect(0, 3, 0, 1, "hello");
        }
    }

    @Test
    void a_refusal_is_sent_to_the_client_and_does_not_count_against_the_quota()
            throws IOException, InterruptedException {
        try (TftpServer server = start((request, peer) -> {
                    throw new TftpException(ErrorCode.ACCESS_VIOLATION, "not for you");
                });
                RawSocketPeer client = new RawSocketPeer()) {
            client.sendTo(server.port(), 0, 2, "f", 0, "octet", 0);
            client.expect(0, 5, 0, 2, "not for you", 0);
            TransferEvent.Refused refused = events.await(TransferEvent.Refused.class);
            assertThat(refused.request()).isInstanceOf(WriteRequest.class);
            assertThat(server.runningTransfers()).isZero();
        }
    }

    @Test
    void the_mtu_of_a_request_overrides_that_of_its_network() throws IOException {
        files.put("f", "hello".getBytes());
        RequestSettings book = new RequestSettings(files, TransferLimits.DEFAULT);
        try (TftpServer server = TftpServer.builder()
                        .policy((request, peer) -> request.filename().equals("f") ? book : book.withMtu(732))
                        .mtu(NetworkMtu.parse("127.0.0.0/8=1032"))
                        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .drain(Duration.ZERO)
                        .start();
                RawSocketPeer client = new RawSocketPeer()) {
            client.sendTo(server.port(), 0, 1, "f", 0, "octet", 0, "blksize", 0, "1400", 0);
            client.expect(0, 6, "blksize", 0, "1000", 0);
            client.sendTo(server.port(), 0, 1, "/f", 0, "octet", 0, "blksize", 0, "1400", 0);
            client.expect(0, 6, "blksize", 0, "700", 0);
        }
    }

    @Test
    void an_mtu_out_of_range_is_rejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RequestSettings(files, TransferLimits.DEFAULT).withMtu(70_000))
                .withMessage("mtu: 70000 (expected: 8 to 65535)");
    }
}

package dev.lockstep.tftp.server.internal.listener;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An I/O pool that makes no progress, as if all its threads waited for a disk. */
class BusyPoolTest {
    private static final byte[] BUSY = error(0, "server is busy, try again");
    private static final InetSocketAddress CLIENT = new InetSocketAddress("127.0.0.1", 10_000);

    private final MemoryStorage files = new MemoryStorage(1 << 20, WriteRules.READ_ONLY);
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final List<TransferEvent> events = new ArrayList<>();
    private EmbeddedListener server;

    @BeforeEach
    void a_server() throws IOException {
        files.put("file", "content".getBytes(US_ASCII));
        server = new EmbeddedListener(
                files, TransferLimits.DEFAULT, work::add, UnpooledByteBufAllocator.DEFAULT, events::add, 1);
    }

    @AfterEach
    void nothing_is_left() {
        work();
        server.check();
        assertThat(server.isBusy()).as(server.toString()).isFalse();
        server.close();
    }

    private void ask() {
        server.receive(CLIENT, rrq("file"));
        server.settle();
    }

    private void work() {
        while (!work.isEmpty()) {
            work.remove().run();
            server.settle();
        }
    }

    private byte[] sent() {
        DatagramPacket packet = server.sent();
        if (packet == null) {
            return null;
        }
        try {
            return ByteBufUtil.getBytes(packet.content());
        } finally {
            packet.release();
        }
    }

    @Test
    void a_request_is_refused_after_three_seconds_and_its_file_is_not_opened() {
        ask();
        server.pass(2900);
        assertThat(sent()).isNull();
        server.pass(200);
        assertThat(sent()).isEqualTo(BUSY);
        work();
        assertThat(sent()).isNull();
        assertThat(events).hasSize(2).last().isInstanceOf(TransferEvent.Refused.class);
    }

    @Test
    void requests_are_granted_again_when_the_pool_works_again() {
        ask();
        server.pass(3100);
        assertThat(sent()).isEqualTo(BUSY);
        work();
        ask();
        work();
        assertThat(sent()).isEqualTo(data(1, "content".getBytes(US_ASCII)));
        server.pass(10_000); // no request may time out any more
        server.receive(CLIENT, ack(1));
        assertThat(events).last().isInstanceOf(TransferEvent.Ended.class);
        while (sent() != null) {
            // retransmissions of DATA 1
        }
    }
}

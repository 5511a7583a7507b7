package dev.lockstep.tftp.server.internal.session;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.io.ForwardingSource;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.TftpServerBuilder;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A disk that does not respond: new requests are refused as busy, and running transfers are completed. */
@Timeout(60)
class BlockedDiskTest {
    private static final int MORE_THAN_THE_THREADS = IoPool.THREADS + IoPool.SPARE_THREADS + 4;
    private static final int BLOCK = 512;
    private static final int LENGTH = 400 * BLOCK + 1;

    private final CountDownLatch released = new CountDownLatch(1);
    private final Semaphore blocked = new Semaphore(0);
    private final MemoryStorage files = new MemoryStorage(1 << 20, WriteRules.READ_ONLY);

    private void awaitDisk() throws IOException {
        blocked.release();
        try {
            released.await();
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    /** Storage in which files whose names begin with "slow" are on the disk that does not respond. */
    private final class Disk implements Storage {
        @Override
        public Object ioGroup() {
            return "a disk that does not respond";
        }

        @Override
        public Source read(ReadRequest request, InetSocketAddress peer) throws IOException {
            if (request.filename().startsWith("slow")) {
                awaitDisk();
            }
            return new ForwardingSource(files.read(rrq("file"), peer)) {
                @Override
                public boolean mayBlock() {
                    return true;
                }
            };
        }

        @Override
        public Sink write(WriteRequest request, InetSocketAddress peer) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void new_requests_are_refused_and_running_transfers_end_well() throws Exception {
        files.put("file", new byte[LENGTH]);
        List<RawSocketPeer> stuck = new ArrayList<>();
        TftpServerBuilder builder = TftpServer.builder()
                .storage(new Disk())
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .drain(Duration.ZERO);
        try (TftpServer server = builder.start();
                RawSocketPeer running = new RawSocketPeer();
                RawSocketPeer late = new RawSocketPeer()) {
            ask(server, running, "file");
            receiveBlock(running, 1);
            for (int i = 0; i < MORE_THAN_THE_THREADS; i++) {
                RawSocketPeer client = new RawSocketPeer();
                stuck.add(client);
                ask(server, client, "slow" + i);
            }
            blocked.acquire(IoPool.THREADS);
            ask(server, late, "file");
            late.expect(0, 5, 0, 0, "server is busy, try again", 0);
            released.countDown();
            finish(running, 1);
            ask(server, late, "file");
            receiveBlock(late, 1);
            finish(late, 1);
        } finally {
            stuck.forEach(RawSocketPeer::close);
        }
    }

    @Test
    void files_of_another_root_are_served_meanwhile() throws Exception {
        files.put("file", new byte[LENGTH]);
        List<RawSocketPeer> stuck = new ArrayList<>();
        RequestSettings slow = new RequestSettings(new Disk(), TransferLimits.DEFAULT);
        RequestSettings quick = new RequestSettings(files, TransferLimits.DEFAULT);
        TftpServerBuilder builder = TftpServer.builder()
                .policy((request, peer) -> request.filename().startsWith("slow") ? slow : quick)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .drain(Duration.ZERO);
        try (TftpServer server = builder.start();
                RawSocketPeer other = new RawSocketPeer()) {
            for (int i = 0; i < MORE_THAN_THE_THREADS; i++) {
                RawSocketPeer client = new RawSocketPeer();
                stuck.add(client);
                ask(server, client, "slow" + i);
            }
            blocked.acquire(IoPool.THREADS);
            ask(server, other, "file");
            receiveBlock(other, 1);
            finish(other, 1);
            released.countDown();
        } finally {
            stuck.forEach(RawSocketPeer::close);
        }
    }

    private static void ask(TftpServer server, RawSocketPeer client, String name) throws IOException {
        client.sendTo(server.port(), 0, 1, name, 0, "octet", 0);
    }

    /** Receives blocks and drops duplicates. */
    private static int receiveBlock(RawSocketPeer client, int number) throws IOException {
        while (true) {
            Datagram came = client.next();
            assertThat(came.opcode()).isEqualTo(Datagram.DATA);
            if (came.number() == number) {
                return came.payload().length;
            }
        }
    }

    private static void finish(RawSocketPeer client, int received) throws IOException {
        int length = BLOCK;
        for (int n = received; length == BLOCK; n++) {
            client.send(0, 4, n >> 8, n & 0xFF);
            length = receiveBlock(client, n + 1);
        }
        assertThat(length).isEqualTo(LENGTH % BLOCK);
        client.send(0, 4, LENGTH / BLOCK + 1 >> 8, LENGTH / BLOCK + 1 & 0xFF);
    }
}

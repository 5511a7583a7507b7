package dev.lockstep.tftp.server.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.storage.Storage;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Transfers whose disk does not respond, in virtual time. The operations of the disk wait until the test runs them. */
class HungDiskTest {
    private static final int BLKSIZE = 1024;
    private static final int BLOCKS_IN_CHUNK = 32;
    private static final int CHUNK = BLOCKS_IN_CHUNK * BLKSIZE;
    private static final int SIZE = 3 * CHUNK;
    private static final Object[] EVICTED = {0, 5, 0, 0, "evicted in favour of a new request", 0};
    private static final Object[] BUSY = {0, 5, 0, 0, "server is busy, try again", 0};

    private final Queue<Runnable> operations = new ArrayDeque<>();
    private final InetSocketAddress first = new InetSocketAddress("192.0.2.1", 2000);
    private final InetSocketAddress other = new InetSocketAddress("192.0.2.2", 2000);
    private final VirtualListener server =
            new VirtualListener(TftpServer.builder().storage(new Disk()).maxTransfers(1, 1), operations::add);
    private Runnable duringOperation = () -> {};
    private boolean committed;
    private long usedDuringOperation = -1;
    private int opened;
    private int closed;

    private final class Disk implements Storage {
        @Override
        public Source read(ReadRequest request, InetSocketAddress peer) {
            opened++;
            return new Source() {
                private int left = SIZE;

                @Override
                public long size() {
                    return SIZE;
                }

                @Override
                public int read(ByteBuffer to) {
                    duringOperation.run();
                    int length = Math.min(to.remaining(), left);
                    to.put(new byte[length]);
                    left -= length;
                    return length;
                }

                @Override
                public void close() {
                    closed++;
                }
            };
        }

        @Override
        public Sink write(WriteRequest request, InetSocketAddress peer) {
            opened++;
            return new Sink() {
                @Override
                public void write(ByteBuffer bytes) {
                    duringOperation.run();
                }

                @Override
                public void commit() {
                    committed = true;
                }

                @Override
                public void close() {
                    closed++;
                }
            };
        }
    }

    @AfterEach
    void all_files_are_closed_when_the_disk_responds_again() {
        server.cancelAll();
        while (!operations.isEmpty()) {
            respond();
        }
        assertThat(closed).isEqualTo(opened);
        assertThat(committed).isFalse();
        assertThat(server.budget.used()).isZero();
        assertThat(server.quota.running()).isZero();
        server.close();
    }

    /** Runs the operation that has waited longest. */
    private void respond() {
        operations.remove().run();
        server.settle();
        server.settle();
    }

    private void ack(int block) {
        server.arrive(first, 0, 4, 0, block);
        server.forgetSent();
    }

    private void upload(InetSocketAddress peer) {
        server.arrive(peer, 0, 2, "up", 0, "octet", 0);
    }

    /** Begins a download. The client has acknowledged the first chunk, and the next one has not been read. */
    private void downloadTheFirstChunk() {
        server.arrive(first, 0, 1, "file", 0, "octet", 0, "blksize", 0, "1024", 0);
        respond(); // open
        respond(); // read
        for (int block = 0; block <= BLOCKS_IN_CHUNK; block++) {
            ack(block);
        }
        assertThat(operations).hasSize(1);
    }

    private void requestsOfOthersAreRefusedUntilTheDiskHasHungForFortySeconds() {
        server.pass(39_950); // the idle timeout is 30 s, and a silent peer is evicted after 10 s
        upload(other);
        server.pass(40);
        server.expect(other, BUSY);
        server.pass(110);
        upload(other);
        server.expect(first, EVICTED);
        assertThat(server.quota.running()).as("the other transfer").isEqualTo(1);
    }

    @Test
    void a_full_server_evicts_a_download_whose_disk_does_not_respond() {
        downloadTheFirstChunk();
        assertThat(server.budget.used()).isPositive();
        requestsOfOthersAreRefusedUntilTheDiskHasHungForFortySeconds();
        assertThat(server.budget.used()).as("the read has not begun").isZero();
        assertThat(closed).isZero();
    }

    @Test
    void a_read_that_has_begun_keeps_its_memory_until_it_returns() {
        downloadTheFirstChunk();
        duringOperation = () -> {
            duringOperation = () -> {};
            requestsOfOthersAreRefusedUntilTheDiskHasHungForFortySeconds();
            usedDuringOperation = server.budget.used();
        };
        respond();
        assertThat(usedDuringOperation).as("after the eviction").isEqualTo(CHUNK);
        assertThat(server.budget.used()).isZero();
    }

    @Test
    void a_full_server_evicts_an_upload_whose_disk_does_not_respond_and_it_is_not_committed() {
        upload(first);
        respond(); // open
        server.expect(first, 0, 4, 0, 0);
        server.arrive(first, 0, 3, 0, 1, "end");
        requestsOfOthersAreRefusedUntilTheDiskHasHungForFortySeconds();
    }

    @Test
    void an_upload_that_is_evicted_during_a_write_is_not_committed() {
        upload(first);
        respond(); // open
        server.expect(first, 0, 4, 0, 0);
        server.arrive(first, 0, 3, 0, 1, "end");
        duringOperation = () -> {
            requestsOfOthersAreRefusedUntilTheDiskHasHungForFortySeconds();
            usedDuringOperation = server.budget.used();
        };
        respond();
        assertThat(usedDuringOperation).as("after the eviction").isNotNegative();
    }

    @Test
    void a_slow_disk_whose_operations_end_is_not_evicted() {
        downloadTheFirstChunk();
        server.pass(39_000);
        respond();
        for (int block = BLOCKS_IN_CHUNK + 1; block <= 2 * BLOCKS_IN_CHUNK; block++) {
            ack(block);
        }
        server.pass(39_000);
        upload(other);
        server.pass(31);
        server.expect(other, BUSY);
    }

    @Test
    void a_request_whose_file_is_not_open_is_cancelled_at_once() {
        upload(first);
        assertThat(server.quota.running()).isEqualTo(1);
        server.cancelAll();
        assertThat(server.quota.running()).isZero();
        respond();
        assertThat(opened).isZero();
    }
}

package dev.lockstep.tftp.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.testing.TestBytes;
import dev.lockstep.tftp.transfer.SharedSource;
import dev.lockstep.tftp.transfer.TftpException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharedReadAheadTest {
    private static final int PIECE = ChunkCache.CHUNK_SIZE;
    private static final int BLKSIZE = 1428;

    private TransferFixture bench = new TransferFixture();
    private ChunkCache cache = ChunkCache.within(64L * PIECE);
    private final List<Reader> readers = new ArrayList<>();

    /** What a file on a disk is: octets, and a version that changes with them. */
    private static final class Disk {
        private byte[] octets;
        private Object version = new Object();
        private int reads;
        private IOException broken;

        Disk(int size) {
            octets = TestBytes.random(size);
        }

        SharedSource open() {
            Object opened = version;
            long size = octets.length;
            return new SharedSource() {
                @Override
                public Object version() {
                    return opened;
                }

                @Override
                public long size() {
                    return size;
                }

                @Override
                public int read(ByteBuffer to) {
                    throw new AssertionError("not by offset");
                }

                @Override
                public int read(ByteBuffer to, long offset) throws IOException {
                    reads++;
                    if (broken != null) {
                        throw broken;
                    }
                    if (version != opened) {
                        throw new TftpException(ErrorCode.NOT_DEFINED, "changed");
                    }
                    int length = (int) Math.min(to.remaining(), octets.length - offset);
                    to.put(octets, (int) offset, length);
                    return length;
                }

                @Override
                public void close() {
                    // nothing is open
                }
            };
        }
    }

    /** One transfer, which takes what there is. */
    private final class Reader {
        private final RecordingOwner owner = new RecordingOwner();
        private final CRC32C taken = new CRC32C();
        private int length;
        private final SharedReadAhead blocks;
        private final int blksize;
        private boolean whole;
        private boolean closed;

        Reader(SharedSource source, int blksize) {
            this.blksize = blksize;
            blocks = new SharedReadAhead(source, blksize, bench.context().withChunks(cache), bench.loop(), owner);
            readers.add(this);
            blocks.start();
        }

        void take() {
            while (!whole) {
                ByteBuf block = blocks.poll();
                if (block == null) {
                    return;
                }
                assertThat(block.readableBytes()).isLessThanOrEqualTo(blksize);
                whole = block.readableBytes() < blksize;
                length += block.readableBytes();
                taken.update(ByteBufUtil.getBytes(block));
                block.release();
            }
        }

        void assertTook(byte[] octets) {
            CRC32C expected = new CRC32C();
            expected.update(octets);
            assertThat(length).isEqualTo(octets.length);
            assertThat(taken.getValue()).isEqualTo(expected.getValue());
        }

        void close() {
            if (!closed) {
                blocks.close(() -> closed = true);
                bench.settle();
                assertThat(closed).isTrue();
            }
        }
    }

    private Reader reader(Disk disk) {
        return new Reader(disk.open(), BLKSIZE);
    }

    private void takeAll() {
        for (int round = 0; readers.stream().anyMatch(one -> !one.whole); round++) {
            assertThat(round).as("rounds").isLessThan(1000);
            readers.forEach(Reader::take);
            readers.stream().filter(one -> one.whole).forEach(Reader::close);
            bench.settle();
        }
    }

    @AfterEach
    void all_memory_is_given_back() {
        readers.forEach(Reader::close);
        cache.clear();
        assertThat(bench.budget.used()).isZero();
        assertFalse(bench.channel.finish());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 512",
        "1, 512",
        "512, 512",
        "262143, 512",
        "262144, 512",
        "262145, 1428",
        "262144, 65464",
        "1000000, 65464",
        "300000, 8",
        "524288, 1024",
        "785408, 1428"
    })
    void a_file_is_cut_into_blocks_across_its_chunks_and_ends_in_a_shorter_one(int size, int blksize) {
        Disk disk = new Disk(size);
        Reader reader = new Reader(disk.open(), blksize);
        takeAll();
        reader.assertTook(disk.octets);
    }

    @Test
    void a_thousand_transfers_of_one_file_read_it_once() {
        Disk kernel = new Disk(5 * PIECE / 2);
        for (int i = 0; i < 1000; i++) {
            new Reader(kernel.open(), 8000 + i % 1000);
        }
        takeAll();
        for (Reader reader : readers) {
            reader.assertTook(kernel.octets);
        }
        assertThat(kernel.reads).isEqualTo(3);
        reader(kernel);
        takeAll();
        assertThat(kernel.reads).as("later, too").isEqualTo(3);
    }

    @Test
    void another_version_of_the_same_size_is_read_again() {
        Disk disk = new Disk(PIECE + 10);
        reader(disk);
        takeAll();
        disk.octets = TestBytes.random(PIECE + 10);
        disk.version = "second";
        Reader late = reader(disk);
        takeAll();
        late.assertTook(disk.octets);
    }

    @Test
    void a_transfer_of_a_changed_file_gets_its_old_content_from_the_cache() {
        Disk disk = new Disk(PIECE);
        byte[] first = disk.octets;
        Reader early = reader(disk);
        takeAll();
        early.assertTook(first);
        Reader lucky = reader(disk);
        disk.octets = TestBytes.random(PIECE);
        disk.version = "second";
        takeAll();
        lucky.assertTook(first);
    }

    @Test
    void transfers_that_wait_for_a_chunk_of_a_changed_file_fail_together() {
        Disk disk = new Disk(PIECE);
        Reader reader = reader(disk);
        Reader waiting = reader(disk);
        disk.octets = TestBytes.random(PIECE); // before the I/O pool comes to read it
        disk.version = "second";
        reader.whole = true;
        waiting.whole = true;
        Reader later = reader(disk);
        bench.settle();
        assertThat(reader.owner.told).containsExactly("0 changed");
        assertThat(waiting.owner.told).containsExactly("0 changed");
        takeAll();
        later.assertTook(disk.octets);
    }

    @Test
    void after_a_failed_read_waiting_transfers_read_themselves() {
        Disk disk = new Disk(PIECE);
        Reader unlucky = reader(disk);
        Reader lucky = reader(disk);
        disk.broken = new IOException("bad sector");
        bench.channel.runPendingTasks();
        bench.pool.runNext();
        disk.broken = null;
        bench.channel.runPendingTasks();
        assertThat(unlucky.owner.told).containsExactly("0 internal error");
        unlucky.whole = true;
        takeAll();
        lucky.assertTook(disk.octets);
        assertThat(lucky.owner.told).containsOnly("ready");
    }

    @Test
    void more_files_than_fit_into_memory_wait_and_are_all_complete() {
        bench = new TransferFixture(16L * PIECE);
        cache = ChunkCache.within(16L * PIECE);
        List<Disk> disks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Disk disk = new Disk(3 * PIECE + i);
            disks.add(disk);
            reader(disk);
        }
        while (readers.stream().anyMatch(one -> !one.whole)) {
            takeAll();
            assertThat(bench.budget.used()).isLessThanOrEqualTo(16L * PIECE);
        }
        for (int i = 0; i < disks.size(); i++) {
            readers.get(i).assertTook(disks.get(i).octets);
        }
    }

    @Test
    void a_transfer_that_ends_during_a_shared_read_finishes_the_read() {
        Disk disk = new Disk(PIECE);
        Reader leaver = reader(disk);
        Reader other = reader(disk);
        leaver.whole = true;
        leaver.blocks.close(() -> leaver.closed = true);
        assertThat(leaver.closed).as("its file is being read").isFalse();
        takeAll();
        assertThat(leaver.closed).isTrue();
        other.assertTook(disk.octets);
        assertThat(disk.reads).isEqualTo(1);
    }

    @Test
    void with_little_memory_there_is_no_cache() {
        assertThat(ChunkCache.within(16L * PIECE - 1)).isNull();
    }
}

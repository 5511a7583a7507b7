package dev.lockstep.tftp.server.internal.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.internal.channel.RecordingOwner;
import dev.lockstep.tftp.internal.channel.TransferFixture;
import dev.lockstep.tftp.internal.channel.file.BufferBudget;
import dev.lockstep.tftp.internal.channel.file.Chunk;
import dev.lockstep.tftp.internal.channel.file.OutgoingFile;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.server.storage.SharedSource;
import dev.lockstep.tftp.testing.TestBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CachedChunkReaderTest {
    private static final int CHUNK = ChunkCache.CHUNK_SIZE;
    private static final int BLKSIZE = 1428;

    private TransferFixture fixture = new TransferFixture();
    private ChunkCache cache = ChunkCache.within(new BufferBudget(64L * CHUNK));
    private final List<Reader> readers = new ArrayList<>();

    /** A file on a disk: its content, and a version that changes with the content. */
    private static final class Disk {
        private byte[] content;
        private Object version = new Object();
        private int reads;
        private IOException broken;
        /** The bytes that another machine has sent so far. */
        private long available = Long.MAX_VALUE;

        private boolean knowsSize = true;
        private final List<Runnable> waiting = new ArrayList<>();

        void arrive(long bytes) {
            available = bytes;
            knowsSize = true;
            List<Runnable> ready = List.copyOf(waiting);
            waiting.clear();
            ready.forEach(Runnable::run);
        }

        Disk(int size) {
            content = TestBytes.random(size);
        }

        SharedSource open() {
            Object opened = version;
            long size = content.length;
            return new SharedSource() {
                @Override
                public Object version() {
                    return opened;
                }

                @Override
                public long size() {
                    return knowsSize ? size : UNKNOWN_SIZE;
                }

                @Override
                public boolean awaitBytes(long end, Runnable then) {
                    return end > available && waiting.add(then);
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
                    assertThat(offset + to.remaining()).isLessThanOrEqualTo(available);
                    int length = (int) Math.min(to.remaining(), content.length - offset);
                    if (length == 0) {
                        return -1;
                    }
                    to.put(content, (int) offset, length);
                    return length;
                }

                @Override
                public void close() {
                    // nothing is open
                }
            };
        }
    }

    /** A transfer that takes all available blocks. */
    private final class Reader {
        private final RecordingOwner owner = new RecordingOwner();
        private final CRC32C taken = new CRC32C();
        private int length;
        private final OutgoingFile blocks;
        private final int blksize;
        private boolean whole;
        private boolean closed;

        Reader(SharedSource source, int blksize) {
            this.blksize = blksize;
            blocks = OutgoingFile.from(
                    source,
                    TransferSettings.builder().blksize(blksize).build(),
                    fixture.context(cache),
                    fixture.loop(),
                    owner);
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

        void assertTook(byte[] content) {
            CRC32C expected = new CRC32C();
            expected.update(content);
            assertThat(length).isEqualTo(content.length);
            assertThat(taken.getValue()).isEqualTo(expected.getValue());
        }

        void close() {
            if (!closed) {
                blocks.close(() -> closed = true);
                fixture.settle();
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
            fixture.settle();
        }
    }

    @AfterEach
    void all_memory_is_given_back() {
        readers.forEach(Reader::close);
        cache.clear();
        assertThat(fixture.budget.used()).isZero();
        assertFalse(fixture.channel.finish());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bytes_that_are_not_there_yet_are_awaited_without_memory_or_a_thread(boolean knowsSize) {
        Disk disk = new Disk(2 * CHUNK + 1000);
        disk.available = CHUNK;
        disk.knowsSize = knowsSize;
        List<Reader> all = List.of(reader(disk), reader(disk), reader(disk));
        for (int round = 0; round < 10; round++) {
            all.forEach(Reader::take);
            fixture.settle();
        }
        assertThat(all).allMatch(one -> one.length > CHUNK - BLKSIZE && one.length <= CHUNK && !one.whole);
        assertThat(disk.reads).isEqualTo(1);
        assertThat(fixture.budget.used()).as("the shared chunk").isEqualTo(CHUNK);
        all.get(2).close();
        disk.arrive(Long.MAX_VALUE);
        fixture.settle();
        readers.remove(all.get(2));
        takeAll();
        all.get(0).assertTook(disk.content);
        all.get(1).assertTook(disk.content);
        assertThat(disk.reads).isLessThanOrEqualTo(4);
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
        reader.assertTook(disk.content);
    }

    @Test
    void all_transfers_that_wait_for_a_chunk_wait_for_the_disk() {
        Disk disk = new Disk(CHUNK);
        Reader reading = reader(disk);
        Reader waiting = reader(disk);
        fixture.pass(10_000);
        assertThat(reading.blocks.pendingTime(fixture.now())).isEqualTo(TimeUnit.SECONDS.toNanos(10));
        assertThat(waiting.blocks.pendingTime(fixture.now())).isEqualTo(TimeUnit.SECONDS.toNanos(10));
        fixture.settle();
        fixture.pass(10_000);
        assertThat(reading.blocks.pendingTime(fixture.now())).isZero();
        assertThat(waiting.blocks.pendingTime(fixture.now())).isZero();
    }

    @Test
    void a_thousand_transfers_of_one_file_read_it_once() {
        Disk kernel = new Disk(5 * CHUNK / 2);
        for (int i = 0; i < 1000; i++) {
            new Reader(kernel.open(), 8000 + i % 1000);
        }
        takeAll();
        for (Reader reader : readers) {
            reader.assertTook(kernel.content);
        }
        assertThat(kernel.reads).isEqualTo(3);
        reader(kernel);
        takeAll();
        assertThat(kernel.reads).as("after a later transfer").isEqualTo(3);
    }

    @Test
    void another_version_of_the_same_size_is_read_again() {
        Disk disk = new Disk(CHUNK + 10);
        reader(disk);
        takeAll();
        disk.content = TestBytes.random(CHUNK + 10);
        disk.version = "second";
        Reader late = reader(disk);
        takeAll();
        late.assertTook(disk.content);
    }

    @Test
    void a_transfer_of_a_changed_file_gets_its_old_content_from_the_cache() {
        Disk disk = new Disk(CHUNK);
        byte[] first = disk.content;
        Reader early = reader(disk);
        takeAll();
        early.assertTook(first);
        Reader lucky = reader(disk);
        disk.content = TestBytes.random(CHUNK);
        disk.version = "second";
        takeAll();
        lucky.assertTook(first);
    }

    @Test
    void transfers_that_wait_for_a_chunk_of_a_changed_file_fail_together() {
        Disk disk = new Disk(CHUNK);
        Reader reader = reader(disk);
        Reader waiting = reader(disk);
        disk.content = TestBytes.random(CHUNK); // before the I/O pool reads it
        disk.version = "second";
        reader.whole = true;
        waiting.whole = true;
        Reader later = reader(disk);
        fixture.settle();
        assertThat(reader.owner.calls).containsExactly("0 changed");
        assertThat(waiting.owner.calls).containsExactly("0 changed");
        takeAll();
        later.assertTook(disk.content);
    }

    @Test
    void after_a_failed_read_waiting_transfers_read_themselves() {
        Disk disk = new Disk(CHUNK);
        Reader unlucky = reader(disk);
        Reader lucky = reader(disk);
        disk.broken = new IOException("bad sector");
        fixture.channel.runPendingTasks();
        fixture.pool.runNext();
        disk.broken = null;
        fixture.channel.runPendingTasks();
        assertThat(unlucky.owner.calls).containsExactly("0 internal error");
        unlucky.whole = true;
        takeAll();
        lucky.assertTook(disk.content);
        assertThat(lucky.owner.calls).containsOnly("ready");
    }

    @Test
    void more_files_than_fit_into_memory_wait_and_are_all_complete() {
        fixture = new TransferFixture(16L * CHUNK);
        cache = ChunkCache.within(fixture.budget);
        List<Disk> disks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Disk disk = new Disk(3 * CHUNK + i);
            disks.add(disk);
            reader(disk);
        }
        while (readers.stream().anyMatch(one -> !one.whole)) {
            takeAll();
            assertThat(fixture.budget.used()).isLessThanOrEqualTo(16L * CHUNK);
        }
        for (int i = 0; i < disks.size(); i++) {
            readers.get(i).assertTook(disks.get(i).content);
        }
    }

    @Test
    void a_transfer_that_ends_during_a_shared_read_finishes_the_read() {
        Disk disk = new Disk(CHUNK);
        Reader leaver = reader(disk);
        Reader other = reader(disk);
        leaver.whole = true;
        leaver.blocks.close(() -> leaver.closed = true);
        assertThat(leaver.closed).as("its file is being read").isFalse();
        takeAll();
        assertThat(leaver.closed).isTrue();
        other.assertTook(disk.content);
        assertThat(disk.reads).isEqualTo(1);
    }

    @Test
    void with_little_memory_there_is_no_cache() {
        assertThat(ChunkCache.within(new BufferBudget(16L * CHUNK - 1))).isNull();
    }

    /** The chunk in the cache is not the requested one. */
    @Test
    void memory_of_unused_cached_chunks_is_reclaimed_before_a_transfer_is_refused() {
        BufferBudget budget = new BufferBudget(Long.MAX_VALUE, 16L * CHUNK);
        cache = ChunkCache.within(budget);
        assertThat(budget.tryTake(100, 100)).isEqualTo(100);
        Chunk kept = new Chunk(Unpooled.directBuffer(100), 100, budget);
        assertThat(cache.await("version", 0, chunk -> {})).isFalse();
        cache.done("version", 0, kept);
        kept.release();
        int rest = 16 * CHUNK - 100;
        assertThat(budget.tryTake(rest, rest)).isEqualTo(rest);
        assertThat(kept.refCnt()).isEqualTo(1);
        assertThat(budget.takeLater(101, false, () -> {})).isFalse();
        assertThat(kept.refCnt()).isZero();
        List<String> granted = new ArrayList<>();
        assertThat(budget.takeLater(100, false, () -> granted.add("new"))).isTrue();
        assertThat(budget.takeLater(100, true, () -> granted.add("running"))).isTrue();
        assertThat(granted).containsExactly("new");
        budget.giveBack(rest);
        assertThat(granted).containsExactly("new", "running");
    }
}

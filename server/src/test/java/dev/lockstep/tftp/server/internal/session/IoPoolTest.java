package dev.lockstep.tftp.server.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.server.storage.DirectoryStorage;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** I/O pools with file operations that never end, on a manual clock. */
@Timeout(60)
class IoPoolTest {
    private static final int MOST = IoPool.THREADS + IoPool.SPARE_THREADS;

    private final AtomicLong now = new AtomicLong();
    private final IoPools pools = new IoPools(now::get, null);
    private final Semaphore begun = new Semaphore(0);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch slowReleased = new CountDownLatch(1);

    @TempDir
    private Path folder;

    @AfterEach
    void release() {
        released.countDown();
        slowReleased.countDown();
        pools.shutdown();
    }

    private void hang(IoPool pool, int operations) {
        for (int i = 0; i < operations; i++) {
            pool.execute(() -> {
                begun.release();
                awaitRelease(released);
            });
        }
    }

    private static void awaitRelease(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private DirectoryStorage root(String name) throws IOException {
        Path root = Files.createDirectories(folder.resolve(name));
        return DirectoryStorage.at(root, WriteRules.READ_ONLY);
    }

    @Test
    void a_root_that_hangs_does_not_block_the_threads_of_the_others() throws Exception {
        DirectoryStorage nfs = root("nfs");
        hang(pools.pool(nfs.ioGroup()), 2 * MOST);
        begun.acquire(IoPool.THREADS);
        CompletableFuture.runAsync(() -> {}, pools.pool(root("local").ioGroup()))
                .get();
        CompletableFuture.runAsync(() -> {}, pools.pool(new MemoryStorage(1, WriteRules.READ_ONLY).ioGroup()))
                .get();
        CompletableFuture.runAsync(() -> {}, pools.general()).get();
        assertThat(pools.pool(root("nfs").ioGroup()))
                .as("the same root again, as after a reload")
                .isSameAs(pools.pool(nfs.ioGroup()));
        Files.createDirectory(folder.resolve("nfs/below"));
        assertThat(pools.pool(nfs.below("below").ioGroup())).isSameAs(pools.pool(nfs.ioGroup()));
    }

    @Test
    void threads_that_are_stuck_are_replaced() throws Exception {
        IoPool pool = pools.pool(root("root").ioGroup());
        hang(pool, IoPool.THREADS);
        begun.acquire(IoPool.THREADS);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> {}, pool);
        now.addAndGet(IoPool.STUCK_NANOS - 1);
        pools.replaceStuck();
        assertThat(waiting).isNotDone();
        now.addAndGet(1);
        pools.replaceStuck();
        waiting.get();
        hang(pool, IoPool.THREADS);
        begun.acquire(IoPool.THREADS);
    }

    @Test
    void the_number_of_replacements_is_limited_and_reaching_it_is_reported_to_the_watchdog() throws Exception {
        IoPool pool = pools.pool(root("root").ioGroup());
        hang(pool, MOST + 1);
        for (int begins = IoPool.THREADS; begins <= MOST; begins += IoPool.THREADS) {
            begun.acquire(IoPool.THREADS);
            assertThat(pools.isServing()).isTrue();
            now.addAndGet(IoPool.STUCK_NANOS);
            pools.replaceStuck();
        }
        assertThat(begun.tryAcquire()).isFalse();
        assertThat(pools.isServing()).isFalse();
    }

    @Test
    void a_root_that_is_not_used_does_not_hide_one_whose_threads_are_all_stuck() throws Exception {
        IoPool another = pools.pool(root("another").ioGroup());
        IoPool pool = pools.pool(root("root").ioGroup());
        hang(pool, MOST);
        for (int begins = IoPool.THREADS; begins <= MOST; begins += IoPool.THREADS) {
            begun.acquire(IoPool.THREADS);
            now.addAndGet(IoPool.STUCK_NANOS);
            pools.replaceStuck();
        }
        assertThat(pools.isServing()).as("nothing is served").isFalse();
        CompletableFuture.runAsync(() -> {}, another).get();
        awaitServing();
        now.addAndGet(IoPool.STUCK_NANOS - 1);
        pools.replaceStuck();
        assertThat(pools.isServing()).as("another root is served").isTrue();
        now.addAndGet(1);
        pools.replaceStuck();
        assertThat(pools.isServing()).as("another root is not used any more").isFalse();
    }

    /** Waits until a completed operation is counted, which happens just after its end. */
    private void awaitServing() {
        do {
            pools.replaceStuck();
        } while (!pools.isServing());
    }

    @Test
    void a_slow_disk_on_which_operations_still_end_is_not_exhausted() throws Exception {
        IoPool pool = pools.pool(root("root").ioGroup());
        pool.execute(() -> {
            begun.release();
            awaitRelease(slowReleased);
        });
        hang(pool, MOST);
        for (int begins = IoPool.THREADS; begins <= MOST; begins += IoPool.THREADS) {
            begun.acquire(IoPool.THREADS);
            now.addAndGet(IoPool.STUCK_NANOS);
            pools.replaceStuck();
        }
        assertThat(pools.isServing()).isFalse();
        slowReleased.countDown();
        begun.acquire(); // the next operation has begun, so the slow one has ended
        pools.replaceStuck();
        assertThat(pools.isServing()).isTrue();
    }

    @Test
    void the_number_of_threads_shrinks_when_none_is_stuck_any_more() throws Exception {
        IoPool pool = pools.pool(root("root").ioGroup());
        hang(pool, IoPool.THREADS);
        begun.acquire(IoPool.THREADS);
        now.addAndGet(IoPool.STUCK_NANOS);
        pools.replaceStuck();
        assertThat(pool.size()).isEqualTo(2 * IoPool.THREADS);
        released.countDown();
        while (pool.size() > IoPool.THREADS) {
            pools.replaceStuck();
        }
        CompletableFuture.runAsync(() -> {}, pool).get();
    }

    @Test
    void executors_of_the_embedding_program_replace_the_pools() throws Exception {
        List<Object> groups = new ArrayList<>();
        Queue<Runnable> tasks = new ArrayDeque<>();
        IoPools own = new IoPools(now::get, group -> {
            groups.add(group);
            return tasks::add;
        });
        DirectoryStorage local = root("local");
        own.openings(local).execute(begun::release);
        own.openings(local.servingPrivate(true)).execute(begun::release);
        own.openings(root("nfs")).execute(begun::release);
        assertThat(groups).containsExactly(local.ioGroup(), root("nfs").ioGroup());
        tasks.forEach(Runnable::run);
        assertThat(begun.availablePermits()).isEqualTo(3);
        assertThat(own.isServing()).isTrue();
        own.replaceStuck();
        own.shutdown();
        own.awaitTermination(Duration.ZERO);
    }
}

package dev.lockstep.tftp.server.internal.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class FileOpenQueueTest {
    private static final int MOST = 8192;

    private final Queue<Runnable> pool = new ArrayDeque<>();
    private final FileOpenQueue openings = new FileOpenQueue(pool::add);
    private int opened;

    private void open() {
        openings.execute(() -> opened++);
    }

    @Test
    void the_queue_is_bounded_and_takes_more_after_the_pool_has_taken_some() {
        for (int i = 0; i < MOST; i++) {
            open();
        }
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(this::open).isInstanceOf(RejectedExecutionException.class);
        }
        pool.remove().run();
        open();
        assertThatThrownBy(this::open).isInstanceOf(RejectedExecutionException.class);
        pool.forEach(Runnable::run);
        assertThat(opened).isEqualTo(MOST + 1);
    }

    @Test
    void a_pool_that_was_shut_down_leaves_no_task_in_the_queue() {
        FileOpenQueue ended = new FileOpenQueue(task -> {
            throw new RejectedExecutionException("ended");
        });
        for (int i = 0; i < 2 * MOST; i++) {
            assertThatThrownBy(() -> ended.execute(() -> {})).hasMessage("ended");
        }
    }
}

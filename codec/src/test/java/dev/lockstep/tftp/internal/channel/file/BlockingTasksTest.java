package dev.lockstep.tftp.internal.channel.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockingTasksTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<String> ends = new ArrayList<>();

    @AfterEach
    void close() {
        channel.close();
    }

    private void runOn(Executor io) {
        BlockingTasks tasks = new BlockingTasks(io, channel.eventLoop());
        tasks.run(() -> "done", (result, failure) -> ends.add(result == null ? failure.getMessage() : result));
        channel.runPendingTasks();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_pool_without_a_thread_for_a_task_ends_it_with_an_error(boolean rejected) {
        runOn(task -> {
            throw without(rejected);
        });
        assertThat(ends).containsExactly("too busy, try again");
    }

    @Test
    void a_task_that_was_queued_before_the_pool_failed_ends_once() {
        Queue<Runnable> queue = new ArrayDeque<>();
        runOn(task -> {
            queue.add(task);
            throw new OutOfMemoryError("unable to create native thread");
        });
        queue.forEach(Runnable::run);
        channel.runPendingTasks();
        assertThat(ends).containsExactly("too busy, try again");
    }

    private static RuntimeException without(boolean rejected) {
        if (rejected) {
            return new RejectedExecutionException("full");
        }
        throw new OutOfMemoryError("unable to create native thread");
    }
}

package dev.lockstep.tftp.channel;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** An I/O pool that works when the test says so. */
final class ManualExecutor implements Executor {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean full;

    @Override
    public void execute(Runnable task) {
        if (full) {
            throw new RejectedExecutionException("full");
        }
        tasks.add(task);
    }

    /** From now on takes no more, or takes more again. */
    void setFull(boolean isFull) {
        full = isFull;
    }

    /** How much waits. */
    int size() {
        return tasks.size();
    }

    /** Does what has waited longest. */
    void runNext() {
        tasks.remove().run();
    }
}

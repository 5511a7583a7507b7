package dev.lockstep.tftp.channel;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** An I/O pool whose tasks run when the test calls {@link #runNext}. */
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

    /** Sets whether tasks are rejected from now on. */
    void setFull(boolean isFull) {
        full = isFull;
    }

    /** Returns the number of waiting tasks. */
    int size() {
        return tasks.size();
    }

    /** Runs the task that has waited longest. */
    void runNext() {
        tasks.remove().run();
    }
}

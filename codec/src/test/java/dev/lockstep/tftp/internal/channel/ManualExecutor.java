package dev.lockstep.tftp.internal.channel;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** An I/O pool whose tasks run when the test calls {@link #runNext}. */
public final class ManualExecutor implements Executor {
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
    public void setFull(boolean isFull) {
        full = isFull;
    }

    /** Returns the number of waiting tasks. */
    public int size() {
        return tasks.size();
    }

    /** Runs the task that has waited longest. */
    public void runNext() {
        tasks.remove().run();
    }
}

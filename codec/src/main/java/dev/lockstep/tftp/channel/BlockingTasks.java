package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.TftpException;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The way of blocking work to the I/O pool, and of its result back to the event loop. */
public final class BlockingTasks {
    /** Something that blocks. */
    @FunctionalInterface
    public interface Task<T> {
        /** Runs on the I/O pool. */
        T run() throws IOException;
    }

    /** What a task that gives nothing does. */
    @FunctionalInterface
    public interface Action {
        /** Runs on the I/O pool. */
        void run() throws IOException;
    }

    private final Executor io;
    private final EventExecutor loop;

    /** Between that pool and that event loop. */
    public BlockingTasks(Executor io, EventExecutor loop) {
        this.io = io;
        this.loop = loop;
    }

    /** Runs the task; {@code then} gets its result or its failure on the event loop, always exactly once. */
    public <T> void run(Task<T> task, BiConsumer<T, TftpException> then) {
        try {
            io.execute(() -> {
                T result = null;
                TftpException failure = null;
                try {
                    result = task.run();
                } catch (Throwable e) { // an Error, too, must reach the transfer, or it would wait for ever
                    failure = TftpException.of(e);
                }
                T given = result;
                TftpException cause = failure;
                onLoop(() -> then.accept(given, cause));
            });
        } catch (RejectedExecutionException e) {
            TftpException busy = new TftpException(ErrorCode.NOT_DEFINED, "too busy, try again", e);
            onLoop(() -> then.accept(null, busy));
        }
    }

    /** Runs that on the event loop, always. */
    void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // the loop has ended, so nobody else touches what the task cleans up
        }
    }

    /** Runs the action; {@code then} gets its failure, or null, on the event loop, always exactly once. */
    public void perform(Action action, Consumer<TftpException> then) {
        run(
                () -> {
                    action.run();
                    return null;
                },
                (nothing, failure) -> then.accept(failure));
    }
}

package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Runs blocking work on the I/O pool and passes its result back to the event loop. */
@EventLoop
public final class BlockingTasks {
    /** A blocking task without a result. */
    @FunctionalInterface
    public interface Action {
        /** Runs the task. */
        @Blocking
        void run() throws IOException;
    }

    private static final long NONE = Long.MIN_VALUE;

    private final Executor io;
    private final EventExecutor loop;
    /** Time at which the last task was passed to the I/O pool, {@link #NONE} after its end. */
    private long pendingSince = NONE;
    /** Completes the last task as cancelled, unless it has begun. */
    private Runnable cancellation;

    /**
     * Creates an instance for a pool and an event loop.
     *
     * @param io runs the tasks
     * @param loop runs what follows them
     */
    public BlockingTasks(Executor io, EventExecutor loop) {
        this.io = io;
        this.loop = loop;
    }

    /**
     * Runs the task on the I/O pool. {@code then} is called exactly once on the event loop, with the result or the
     * failure; the other argument is null.
     */
    public <T> void run(Callable<T> task, BiConsumer<T, TftpException> then) {
        AtomicBoolean begun = new AtomicBoolean();
        BiConsumer<T, TftpException> end = (result, failure) -> {
            pendingSince = NONE;
            cancellation = null;
            then.accept(result, failure);
        };
        pendingSince = loop.ticker().nanoTime();
        cancellation = () -> {
            if (begun.compareAndSet(false, true)) {
                end.accept(null, new TftpException(ErrorCode.NOT_DEFINED, "cancelled"));
            }
        };
        try {
            io.execute(() -> {
                if (!begun.compareAndSet(false, true)) {
                    return;
                }
                T result = null;
                TftpException failure = null;
                try {
                    result = task.call();
                } catch (Throwable e) { // an Error must reach the transfer as well, which would otherwise wait forever
                    failure = TftpException.of(e);
                }
                T given = result;
                TftpException cause = failure;
                onLoop(() -> end.accept(given, cause));
            });
        } catch (RejectedExecutionException | OutOfMemoryError e) { // the system may provide no further thread
            if (begun.compareAndSet(false, true)) {
                TftpException busy = new TftpException(ErrorCode.NOT_DEFINED, "too busy, try again", e);
                onLoop(() -> end.accept(null, busy));
            }
        }
    }

    /**
     * Runs a task on the I/O pool that begins an operation. {@code then} is called exactly once on the event loop, when
     * the operation has ended, with its result or the failure; the other argument is null.
     */
    public <T> void begin(Callable<CompletionStage<T>> task, BiConsumer<T, TftpException> then) {
        run(task, (operation, refusal) -> {
            if (refusal != null) {
                then.accept(null, refusal);
                return;
            }
            operation.whenComplete((result, failure) -> {
                TftpException cause = failure == null ? null : TftpException.of(failure);
                if (loop.inEventLoop()) {
                    then.accept(result, cause);
                } else {
                    onLoop(() -> then.accept(result, cause));
                }
            });
        });
    }

    /**
     * Cancels the last task if the I/O pool has not begun to run it: its {@code then} is called with a failure before
     * this method returns. A task that has begun is not affected.
     */
    @EventLoop
    void cancel() {
        if (cancellation != null) {
            cancellation.run();
        }
    }

    /**
     * Returns the nanoseconds since the last task was passed to the I/O pool, or 0 if it has ended. Other threads get a
     * recent value.
     */
    @ThreadSafe
    long pendingTime(long now) {
        long since = pendingSince;
        return since == NONE ? 0 : now - since;
    }

    /** Runs the task on the event loop, or on this thread if the event loop has terminated. */
    public void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // the loop has terminated, so no other thread uses what the task cleans up
        }
    }

    /**
     * Runs the action on the I/O pool. {@code then} is called exactly once on the event loop, with the failure or null.
     */
    public void perform(Action action, Consumer<TftpException> then) {
        run(
                () -> {
                    action.run();
                    return null;
                },
                (nothing, failure) -> then.accept(failure));
    }
}

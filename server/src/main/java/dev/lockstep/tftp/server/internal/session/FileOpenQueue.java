package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Queues the opening of files of new requests for the I/O pool, up to a limit. The tasks of running transfers, at most
 * one for each transfer, bypass this queue and are never rejected.
 */
@ThreadSafe
public final class FileOpenQueue implements Executor {
    /** More clients than boot at the same time. A timeout ends the wait of each; this limit only bounds memory. */
    private static final int MAX_QUEUED = 8192;

    private final Executor io;
    private final AtomicInteger queued = new AtomicInteger();

    public FileOpenQueue(Executor io) {
        this.io = io;
    }

    /** Returns the I/O pool itself, for files that are open. */
    Executor io() {
        return io;
    }

    /**
     * Runs a task on the I/O pool.
     *
     * @throws RejectedExecutionException if the queue is full, or the pool is shut down
     */
    @Override
    public void execute(Runnable opening) {
        if (queued.incrementAndGet() > MAX_QUEUED) {
            queued.decrementAndGet();
            throw new RejectedExecutionException(MAX_QUEUED + " files wait to be opened");
        }
        boolean accepted = false;
        try {
            io.execute(() -> {
                queued.decrementAndGet();
                opening.run();
            });
            accepted = true;
        } finally {
            if (!accepted) {
                queued.decrementAndGet();
            }
        }
    }
}

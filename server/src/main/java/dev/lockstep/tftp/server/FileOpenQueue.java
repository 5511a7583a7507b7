package dev.lockstep.tftp.server;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The files of new requests wait here for the I/O pool, no more than so many: what running transfers need of it, which is
 * one piece of work each at most, is never refused. Safe on any thread.
 */
final class FileOpenQueue implements Executor {
    /** More than can boot at once; it is time that ends a wait, this only bounds memory. */
    private static final int MOST_WAITING = 8192;

    private final Executor io;
    private final AtomicInteger waiting = new AtomicInteger();

    FileOpenQueue(Executor io) {
        this.io = io;
    }

    /** Returns the pool itself, for what is open already. */
    Executor io() {
        return io;
    }

    /** @throws RejectedExecutionException if too many wait */
    @Override
    public void execute(Runnable opening) {
        if (waiting.incrementAndGet() > MOST_WAITING) {
            waiting.decrementAndGet();
            throw new RejectedExecutionException(MOST_WAITING + " files wait to be opened");
        }
        try {
            io.execute(() -> {
                waiting.decrementAndGet();
                opening.run();
            });
        } catch (RejectedExecutionException e) {
            waiting.decrementAndGet();
            throw e;
        }
    }
}

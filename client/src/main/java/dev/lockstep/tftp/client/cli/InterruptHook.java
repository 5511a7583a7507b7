package dev.lockstep.tftp.client.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Stops a command when the process is interrupted. The process then exits when the command has cleaned up and reported,
 * or after some seconds.
 */
public final class InterruptHook implements AutoCloseable {
    private static final long SHUTDOWN_SECONDS = 5;

    private final CountDownLatch over = new CountDownLatch(1);

    /**
     * Creates a hook.
     *
     * @param stop stops the command; called by another thread
     */
    public InterruptHook(Runnable stop) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> run(stop), "tftp-stop"));
    }

    private void run(Runnable stop) {
        stop.run();
        try {
            over.await(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Records that the command is over. */
    @Override
    public void close() {
        over.countDown();
    }
}

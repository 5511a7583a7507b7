package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferEvent.Ended;
import dev.lockstep.tftp.event.TransferEvent.Progressed;
import dev.lockstep.tftp.event.TransferEvent.Started;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.event.TransferSummary;
import dev.lockstep.tftp.io.Source;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A progress bar for all transfers of a command on one line of a terminal: bytes, per cent, rate and time left. A
 * thread of its own draws it at fixed intervals, so that it stays current while no data arrives, and no event loop
 * waits for the terminal.
 */
public final class TransferProgressBar implements AutoCloseable {
    /** Milliseconds until the line appears. */
    private static final int DELAY_MILLIS = 400;

    private static final int INTERVAL_MILLIS = 200;
    private static final int BAR = 20;
    private static final double NANOS = 1e9;
    private static final double MEGA = 1e6;

    private final long begun = System.nanoTime();
    private final Queue<Transfer> transfers = new ConcurrentLinkedQueue<>();
    private final Thread drawer = new Thread(this::drawUntilClosed, "tftp-progress");
    private boolean drawn;
    private boolean closed;

    /** The progress of one transfer. Written on its event loop, read by the drawing thread. */
    private static final class Transfer implements TransferListener {
        private volatile long expected;
        private volatile long bytes;

        @Override
        public void on(TransferEvent event) {
            if (event instanceof Started started) {
                expected = started.settings().tsize();
                bytes = 0; // this may be a second attempt
            } else if (event instanceof Progressed progressed) {
                bytes = progressed.stats().bytes();
            } else if (event instanceof Ended ended) {
                bytes = ended.stats().bytes();
                expected = bytes;
            }
        }
    }

    private TransferProgressBar() {}

    /** Starts counting, and drawing on standard error if {@code shown} is set. */
    public static TransferProgressBar start(boolean shown) {
        TransferProgressBar progress = new TransferProgressBar();
        if (shown) {
            progress.drawer.setDaemon(true);
            progress.drawer.start();
        }
        return progress;
    }

    /** Returns a listener for one more transfer on the line. */
    public TransferListener transfer() {
        Transfer transfer = new Transfer();
        transfers.add(transfer);
        return transfer;
    }

    /** Erases the line, then runs an action that prints other lines. */
    synchronized void pause(Runnable printing) {
        erase();
        printing.run();
    }

    /** Erases the line and stops drawing. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        erase();
    }

    private synchronized void drawUntilClosed() {
        try {
            for (int pause = DELAY_MILLIS; !closed; pause = INTERVAL_MILLIS) {
                wait(pause);
                draw();
            }
        } catch (InterruptedException ignored) {
            // no code interrupts this thread
        }
    }

    private void draw() {
        if (!closed) {
            System.err.print(Terminals.inOneLine(line((System.nanoTime() - begun) / NANOS)));
            System.err.flush();
            drawn = true;
        }
    }

    private void erase() {
        if (drawn) {
            System.err.print(Terminals.ERASE_LINE);
            System.err.flush();
            drawn = false;
        }
    }

    /** Returns the text of the line the given number of seconds after the start. */
    String line(double seconds) {
        long bytes = 0;
        long expected = 0;
        boolean known = true;
        for (Transfer transfer : transfers) {
            bytes += transfer.bytes;
            known &= transfer.expected != Source.UNKNOWN_SIZE;
            expected += transfer.expected;
        }
        String rate = TransferSummary.rate(bytes, seconds);
        if (!known || expected == 0) {
            return "tftp " + megabytes(bytes) + " MB, " + rate;
        }
        double part = Math.min(1, (double) bytes / expected);
        int full = (int) (BAR * part);
        String line = "tftp " + (int) (100 * part) + "% [" + "#".repeat(full) + " ".repeat(BAR - full) + "] "
                + megabytes(bytes) + " of " + megabytes(expected) + " MB, " + rate;
        return bytes == 0 ? line : line + ", " + minutes(seconds * (expected - bytes) / bytes) + " left";
    }

    private static double megabytes(long bytes) {
        return Math.round(10 * bytes / MEGA) / 10.0;
    }

    private static String minutes(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        return whole / 60 + ":" + (whole % 60 < 10 ? "0" : "") + whole % 60;
    }
}

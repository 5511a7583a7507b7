package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferEvent.Ended;
import dev.lockstep.tftp.event.TransferEvent.Progressed;
import dev.lockstep.tftp.event.TransferEvent.Refused;
import dev.lockstep.tftp.event.TransferEvent.RequestRepeated;
import dev.lockstep.tftp.event.TransferEvent.Requested;
import dev.lockstep.tftp.event.TransferEvent.Started;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.event.TransferSummary;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.io.Source;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A progress bar for all transfers of a command on one line of a terminal: files, bytes, per cent, rate and time left.
 * A thread of its own draws it at fixed intervals, so that it stays current while no data arrives, and no event loop
 * waits for the terminal.
 */
public final class TransferProgressBar implements AutoCloseable {
    /** Milliseconds until the line appears. */
    private static final int DELAY_MILLIS = 400;

    private static final int INTERVAL_MILLIS = 200;
    private static final int BAR = 20;
    /** Seconds without an answer until the line says so. */
    private static final double SILENCE_SECONDS = 2;

    private static final double NANOS = 1e9;
    private static final String[] UNITS = {" B", " kB", " MB", " GB", " TB"};

    private final int files;
    private final long begun = System.nanoTime();
    private final Queue<Transfer> transfers = new ConcurrentLinkedQueue<>();
    private final Thread drawer = new Thread(this::drawUntilClosed, "tftp-progress");
    private final StatusLine line = new StatusLine();
    private int ended;
    private boolean closed;

    /** The progress of one transfer. Written on its event loop, read by the drawing thread. */
    private final class Transfer implements TransferListener {
        private volatile long expected = Source.UNKNOWN_SIZE;
        private volatile long bytes;
        /** The server whose answer is awaited, or null. */
        private volatile InetSocketAddress server;
        /** Time of the first request to that server, in seconds after the start of the line. */
        private volatile double since;

        private volatile int requests;
        private volatile boolean isRunning;

        @Override
        public void on(TransferEvent event) {
            if (event instanceof Requested requested) {
                requests = 1;
                expected = Source.UNKNOWN_SIZE;
                since = (System.nanoTime() - begun) / NANOS;
                server = requested.peer();
            } else if (event instanceof RequestRepeated) {
                requests = requests + 1; // changed on its event loop only
            } else if (event instanceof Refused) {
                server = null;
                expected = 0; // no bytes will come, unless it is requested again
            } else if (event instanceof Started started) {
                server = null;
                isRunning = true;
                expected = started.settings().tsize();
                bytes = 0; // this may be a second attempt
            } else if (event instanceof Progressed progressed) {
                bytes = progressed.stats().bytes();
            } else if (event instanceof Ended ended) {
                bytes = ended.stats().bytes();
                expected = bytes;
                isRunning = false;
            }
        }
    }

    private TransferProgressBar(int files) {
        this.files = files;
    }

    /**
     * Starts counting, and drawing on standard error if {@code shown} is set.
     *
     * @param files the number of transfers of the command
     */
    public static TransferProgressBar start(boolean shown, int files) {
        TransferProgressBar progress = new TransferProgressBar(files);
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

    /** Counts the end of a transfer: erases the line, then runs an action that prints the result. */
    synchronized void ended(Runnable printing) {
        ended++;
        pause(printing);
    }

    /** Erases the line, then runs an action that prints other lines. */
    synchronized void pause(Runnable printing) {
        line.erase();
        printing.run();
    }

    /** Erases the line and stops drawing. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        line.erase();
    }

    private void drawUntilClosed() {
        try {
            for (int pause = DELAY_MILLIS; !isClosedAfter(pause); pause = INTERVAL_MILLIS) {
                line.measure();
                draw();
            }
        } catch (InterruptedException ignored) {
            // no code interrupts this thread
        }
    }

    private synchronized boolean isClosedAfter(int millis) throws InterruptedException {
        if (!closed) {
            wait(millis);
        }
        return closed;
    }

    private synchronized void draw() {
        if (!closed) {
            line.show(forms((System.nanoTime() - begun) / NANOS));
        }
    }

    /** Returns the text of the line the given number of seconds after the start, from its longest form to its shortest. */
    synchronized String[] forms(double seconds) {
        Optional<Transfer> silent = silent(seconds);
        if (silent.isPresent()) {
            return waiting(silent.get());
        }
        long bytes = 0;
        long expected = 0;
        boolean known = transfers.size() == files;
        for (Transfer transfer : transfers) {
            bytes += transfer.bytes;
            known &= transfer.expected != Source.UNKNOWN_SIZE;
            expected += transfer.expected;
        }
        String count = files > 1 ? ended + " of " + files + " files  " : "";
        String rate = TransferSummary.rate(bytes, seconds);
        if (!known || expected == 0) {
            return new String[] {count + amount(bytes, bytes) + unit(bytes) + "  " + rate, count + rate, rate};
        }
        double part = Math.min(1, (double) bytes / expected);
        int full = (int) (BAR * part);
        String bar = "[" + "#".repeat(full) + " ".repeat(BAR - full) + "]  ";
        String done = amount(bytes, expected) + "/" + amount(expected, expected) + unit(expected) + "  ";
        String percent = (int) (100 * part) + " %  ";
        String left = bytes == 0 ? rate : rate + "  " + minutes(seconds * (expected - bytes) / bytes) + " left";
        return new String[] {
            count + bar + done + percent + left,
            count + done + percent + left,
            count + percent + left,
            percent + left,
            left
        };
    }

    /** Returns the transfer that has waited longest for an answer, if it has waited long and nothing is transferred. */
    private Optional<Transfer> silent(double seconds) {
        boolean isRunning = transfers.stream().anyMatch(transfer -> transfer.isRunning);
        return isRunning
                ? Optional.empty()
                : transfers.stream()
                        .filter(transfer -> transfer.server != null && seconds - transfer.since >= SILENCE_SECONDS)
                        .min(Comparator.comparingDouble(transfer -> transfer.since));
    }

    private static String[] waiting(Transfer transfer) {
        InetSocketAddress server = transfer.server;
        String text = "no answer yet" + (server == null ? "" : " from " + AddressFormat.of(server));
        int requests = transfer.requests;
        String sent = ", request sent " + (requests == 1 ? "once" : requests + " times");
        return new String[] {text + sent, text, "no answer yet"};
    }

    /** Returns a number of bytes in the unit of the larger number {@code scale}. */
    private static String amount(long bytes, long scale) {
        double divisor = Math.pow(1000, power(scale));
        return scale < 1000 || scale / divisor >= 10
                ? Long.toString((long) (bytes / divisor))
                : Double.toString((long) (10 * bytes / divisor) / 10.0);
    }

    private static String unit(long scale) {
        return UNITS[power(scale)];
    }

    private static int power(long scale) {
        int power = 0;
        for (long rest = scale; rest >= 1000 && power < UNITS.length - 1; rest /= 1000) {
            power++;
        }
        return power;
    }

    private static String minutes(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        return whole / 60 + ":" + (whole % 60 < 10 ? "0" : "") + whole % 60;
    }
}

package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.internal.cli.TerminalWidth;
import java.util.concurrent.TimeUnit;

/**
 * A line of standard error that is rewritten in place, no longer than the terminal is wide. The width is asked for from
 * time to time by {@code stty}, because a program can follow it only with a signal handler.
 */
public final class StatusLine {
    private static final String ERASE = "\r\033[K";
    /** The terminal truncates a line that became too long since the width was measured. */
    private static final String NO_WRAP = "\033[?7l";

    private static final String WRAP = "\033[?7h";
    private static final long MEASURE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private volatile int columns;
    private volatile long measured;
    private boolean visible;

    /** Measures the width if it may have changed. Takes some milliseconds, in which no lock should be held. */
    public void measure() {
        long now = System.nanoTime();
        if (columns == 0 || now - measured >= MEASURE_NANOS) {
            columns = TerminalWidth.ofTerminal();
            measured = now;
        }
    }

    /** Replaces the line by the first form that fits the width. The forms are ordered from long to short. */
    public synchronized void show(String... forms) {
        print(ERASE + NO_WRAP + fit(columns == 0 ? TerminalWidth.DEFAULT : columns, forms) + WRAP);
        visible = true;
    }

    /** Erases the line if it is visible. */
    public synchronized void erase() {
        if (visible) {
            print(ERASE);
            visible = false;
        }
    }

    /** Returns the first form that leaves the last column free for the cursor, or else the beginning of the last form. */
    static String fit(int columns, String... forms) {
        for (String form : forms) {
            if (form.length() < columns) {
                return form;
            }
        }
        return forms[forms.length - 1].substring(0, Math.max(0, columns - 1));
    }

    private static void print(String text) {
        System.err.print(text);
        System.err.flush();
    }
}

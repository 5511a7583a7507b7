package dev.lockstep.tftp.client.load.cli;

import dev.lockstep.tftp.client.cli.Terminals;
import dev.lockstep.tftp.client.load.LoadProgress;
import dev.lockstep.tftp.event.TransferSummary;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * The progress of a load test on one line of a terminal, which is rewritten periodically. Shows nothing if there is no
 * terminal.
 */
final class LoadProgressLine implements Consumer<LoadProgress> {
    private static final double INTERVAL = 0.5;

    private final boolean shown;
    private final long transfers;
    private LoadProgress last = LoadProgress.NONE;
    private boolean over;

    private LoadProgressLine(boolean shown, long transfers) {
        this.shown = shown;
        this.transfers = transfers;
    }

    /** Returns a line on standard error. It is shown if standard error is a terminal and {@code quiet} is not set. */
    static LoadProgressLine onTerminal(boolean quiet, long transfers) {
        return new LoadProgressLine(!quiet && Terminals.are(Terminals.ERRORS), transfers);
    }

    @Override
    public synchronized void accept(LoadProgress now) {
        LoadProgress before =
                now.warmUp() == last.warmUp() ? last : LoadProgress.NONE; // the counters restart after the warm-up
        double seconds = now.seconds() - before.seconds();
        if (!shown || over || seconds < INTERVAL) {
            return;
        }
        String goal = now.warmUp() || transfers == Long.MAX_VALUE ? "" : " of " + transfers;
        System.err.print(Terminals.inOneLine(String.format(
                Locale.ROOT,
                "%s%.0f s  %d%s complete, %d failed, %d running  %.0f/s  %s  p99 %.1f ms",
                now.warmUp() ? "warm-up " : "",
                now.seconds(),
                now.completed(),
                goal,
                now.failed(),
                now.running(),
                (now.completed() - before.completed()) / seconds,
                TransferSummary.rate(now.bytes() - before.bytes(), seconds),
                now.p99Millis())));
        System.err.flush();
        last = now;
    }

    /** Erases the line before the result is printed, and shows nothing more. */
    synchronized void clear() {
        over = true;
        if (shown) {
            System.err.print(Terminals.ERASE_LINE);
            System.err.flush();
        }
    }
}

package dev.lockstep.tftp.client.load.cli;

import dev.lockstep.tftp.client.cli.StatusLine;
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

    private final StatusLine line = new StatusLine();
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
        return new LoadProgressLine(!quiet && Terminals.canRewriteLines(Terminals.ERRORS), transfers);
    }

    @Override
    public void accept(LoadProgress now) {
        LoadProgress before =
                now.warmUp() == last.warmUp() ? last : LoadProgress.NONE; // the counters restart after the warm-up
        if (!shown || now.seconds() - before.seconds() < INTERVAL) {
            return;
        }
        line.measure();
        synchronized (this) {
            if (!over) {
                line.show(forms(before, now));
            }
        }
        last = now;
    }

    /** Returns the text of the line from its longest form to its shortest. */
    String[] forms(LoadProgress before, LoadProgress now) {
        double seconds = now.seconds() - before.seconds();
        String goal = now.warmUp() || transfers == Long.MAX_VALUE ? "" : " of " + transfers;
        String time = String.format(Locale.ROOT, "%s%.0f s  ", now.warmUp() ? "warm-up " : "", now.seconds());
        String done = now.completed() + goal + " complete, " + now.failed() + " failed";
        String running = ", " + now.running() + " running";
        String rate = String.format(Locale.ROOT, "  %.0f/s", (now.completed() - before.completed()) / seconds);
        String bytes = "  " + TransferSummary.rate(now.bytes() - before.bytes(), seconds);
        String p99 = String.format(Locale.ROOT, "  p99 %.1f ms", now.p99Millis());
        return new String[] {
            time + done + running + rate + bytes + p99,
            time + done + rate + bytes + p99,
            done + rate + p99,
            now.completed() + goal + ", " + now.failed() + " failed" + rate,
            now.completed() + goal
        };
    }

    /** Erases the line before the result is printed, and shows nothing more. */
    synchronized void clear() {
        over = true;
        line.erase();
    }
}

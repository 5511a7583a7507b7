package dev.lockstep.tftp.client.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar on standard error: bytes, per cent and time left where the size is known, rate. */
final class Bar {
    private static final String ERASE_LINE = "\r\033[K";
    private static final int INTERVAL_MILLIS = 200;
    private static final long MEGA = 1_000_000;

    private final ProgressBar bar = new ProgressBarBuilder()
            .setTaskName("tftp")
            .setInitialMax(-1)
            .setUnit(" MB", MEGA)
            .setStyle(ProgressBarStyle.UNICODE_BLOCK)
            .setUpdateIntervalMillis(INTERVAL_MILLIS)
            .showSpeed()
            .continuousUpdate() // or a transfer that stalls shows what was true when it was drawn last
            .clearDisplayOnFinish()
            .build();

    /** The next time it is drawn it shows that; {@code expected} is -1 if it is not known. */
    void show(long bytes, long expected) {
        bar.maxHint(expected);
        bar.stepTo(bytes);
    }

    void erase() {
        System.err.print(ERASE_LINE);
        System.err.flush();
    }

    void close() {
        bar.close();
        erase();
    }
}

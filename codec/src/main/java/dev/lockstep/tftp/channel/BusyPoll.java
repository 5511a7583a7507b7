package dev.lockstep.tftp.channel;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;

/**
 * Looks for events again and again for a while after there were some, before an event loop goes to sleep: the next
 * packet is then met without a wake-up, which costs more than all else about it. What it costs is a core that is never
 * idle while there is traffic.
 */
final class BusyPoll implements SelectStrategy {
    private final long spin;
    private final Ticker ticker;
    private long until;
    private boolean slept;

    /** A strategy for one event loop. */
    BusyPoll(Duration spin, Ticker ticker) {
        this.spin = spin.toNanos();
        this.ticker = ticker;
        this.until = ticker.nanoTime();
    }

    @Override
    public int calculateStrategy(IntSupplier selectNow, boolean hasTasks) throws Exception {
        int events = selectNow.get();
        long now = ticker.nanoTime();
        if (events > 0 || hasTasks || slept) {
            until = now + spin; // whatever ended a sleep was an event
        }
        slept = false;
        if (events > 0 || hasTasks) {
            return events;
        }
        if (now - until < 0) {
            return CONTINUE;
        }
        slept = true;
        return SELECT;
    }
}

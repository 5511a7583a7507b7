package dev.lockstep.tftp.internal.transport;

import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;

/**
 * Polls for events for a while after the last one before the event loop blocks. The next packet is then processed
 * without a wake-up, which costs more than the rest of its processing. The price is a core that is never idle while
 * there is traffic.
 */
final class BusyPoll implements SelectStrategy {
    private final long spin;
    private final Ticker ticker;
    private long until;
    private boolean slept;

    /**
     * Creates a strategy for one event loop.
     *
     * @param spin how long to poll after the last event
     */
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
            until = now + spin; // a blocking select returns only for an event
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

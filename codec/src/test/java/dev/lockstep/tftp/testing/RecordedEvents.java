package dev.lockstep.tftp.testing;

import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Records the events of transfers, so that the test's thread can wait for them. */
public final class RecordedEvents implements TransferListener {
    private static final int TIMEOUT_SECONDS = 20;

    private final BlockingQueue<TransferEvent> arrived = new LinkedBlockingQueue<>();
    private final List<TransferEvent> seen = new ArrayList<>();

    @Override
    public void on(TransferEvent event) {
        arrived.add(event);
    }

    /** Waits for the next event of the given type after the last one that was waited for. Skips other events. */
    public <E extends TransferEvent> E await(Class<E> kind) throws InterruptedException {
        while (true) {
            TransferEvent event = arrived.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no " + kind.getSimpleName() + " after " + seen);
            }
            seen.add(event);
            if (kind.isInstance(event)) {
                return kind.cast(event);
            }
        }
    }

    /** Returns all events so far. */
    public List<TransferEvent> all() {
        arrived.drainTo(seen);
        return List.copyOf(seen);
    }
}

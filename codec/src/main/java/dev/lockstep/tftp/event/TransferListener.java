package dev.lockstep.tftp.event;

import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.List;

/**
 * Receives the events of transfers; the same on both ends. An exception that a listener throws does not affect
 * transfers and is not logged: it is passed to the thread's uncaught exception handler.
 */
@EventLoop
@ThreadSafe
@FunctionalInterface
public interface TransferListener {
    /** Ignores all events. */
    TransferListener NONE = event -> {};

    /**
     * Called for each event.
     *
     * @param event what happened; its counters change while the transfer runs
     */
    void on(TransferEvent event);

    /**
     * {@return a listener that calls all of these in order} If one throws, the others are still called; the last
     * exception is rethrown.
     *
     * @param listeners the listeners in the order in which they are called
     */
    static TransferListener all(List<TransferListener> listeners) {
        List<TransferListener> each = List.copyOf(listeners);
        return event -> {
            RuntimeException thrown = null;
            for (TransferListener listener : each) {
                try {
                    listener.on(event);
                } catch (RuntimeException e) {
                    thrown = e;
                }
            }
            if (thrown != null) {
                throw thrown;
            }
        };
    }
}

package dev.lockstep.tftp.transfer;

import java.util.List;

/**
 * Watches transfers, the same on both ends. Called on the transfer's event loop, so it must not block; a listener
 * that throws is logged by nobody and hurts nobody: the exception goes to the thread's own handler.
 */
@FunctionalInterface
public interface TransferListener {
    /** Watches nothing. */
    TransferListener NONE = event -> {};

    /** Something happened. */
    void on(TransferEvent event);

    /** All of these, in that order; one that throws keeps no other from being told. */
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

package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A bounded queue of transfers that can be evicted, the oldest first. A transfer is in one queue at most, and is added
 * and removed on its event loop. Takes no lock.
 */
@ThreadSafe
public final class EvictionQueue {
    /** The decision about one transfer of the queue. */
    public enum Verdict {
        /** Evicts the transfer. */
        EVICT,
        /** Keeps the transfer and examines the next one. */
        KEEP,
        /** Keeps this transfer and all behind it. */
        STOP
    }

    private final int capacity;
    private final Map<Long, ServerTransfer> transfers = new ConcurrentSkipListMap<>();
    private final AtomicLong nextPosition = new AtomicLong();
    private final AtomicInteger size = new AtomicInteger();

    public EvictionQueue(int capacity) {
        this.capacity = capacity;
    }

    /** Adds a transfer. Evicts the oldest if the queue is full. */
    public void add(ServerTransfer transfer) {
        append(transfer);
        if (size.incrementAndGet() > capacity) {
            evictFirst(any -> Verdict.EVICT);
        }
    }

    private void append(ServerTransfer transfer) {
        transfer.queuedAt(nextPosition.getAndIncrement());
        transfers.put(transfer.queuePosition(), transfer);
    }

    /** Returns the number of transfers in the queue. */
    public int size() {
        return size.get();
    }

    /** Moves a transfer to the end of the queue, if it is still queued. */
    public void renew(ServerTransfer transfer) {
        if (transfers.remove(transfer.queuePosition(), transfer)) {
            append(transfer);
        }
    }

    public void remove(ServerTransfer transfer) {
        if (transfers.remove(transfer.queuePosition(), transfer)) {
            size.decrementAndGet();
        }
    }

    /**
     * Evicts the first transfer for which the verdict is {@link Verdict#EVICT}.
     *
     * @param judge examines the transfers in their order
     * @return the evicted transfer, or null if there is none
     */
    public ServerTransfer evictFirst(Function<ServerTransfer, Verdict> judge) {
        for (Map.Entry<Long, ServerTransfer> each : transfers.entrySet()) {
            ServerTransfer transfer = each.getValue();
            Verdict verdict = judge.apply(transfer);
            if (verdict == Verdict.STOP) {
                return null;
            }
            if (verdict == Verdict.EVICT && transfers.remove(each.getKey(), transfer)) {
                size.decrementAndGet();
                transfer.evict();
                return transfer;
            }
        }
        return null;
    }
}

package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Limits the number of running transfers, in all and for each client, and knows which of them may be evicted because
 * they are idle, and whether all are lock-step. The requests of different clients do not share a lock.
 */
@ThreadSafe
public final class TransferQuota {
    /**
     * A transfer that has been idle for this long may be evicted in favour of a new request: its peer is silent, or its
     * disk does not respond.
     */
    private static final long LEAST_SILENCE = TimeUnit.SECONDS.toNanos(10);

    /** Shortest time between two scans of all transfers, however many requests are refused meanwhile. */
    private static final long LEAST_BETWEEN_SCANS = TimeUnit.MILLISECONDS.toNanos(100);

    private final int max;
    private final int maxPerClient;
    /** The running transfers. The value is true as soon as one is known to have a windowsize of 1. */
    private final Map<ServerTransfer, Boolean> transfers = new ConcurrentHashMap<>();

    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger lockStep = new AtomicInteger();
    private final Map<Long, Integer> runningByClient = new ConcurrentHashMap<>();
    /** The last scan for idle transfers, or null. */
    private volatile Scan lastScan;

    private volatile boolean closed;
    /** The thread that waits until all transfers have ended, or null. */
    private volatile Thread waiting;

    private record Idle(ServerTransfer transfer, long nanos) {}

    /**
     * The result of a scan of all transfers.
     *
     * @param idle the transfers that had been idle long enough, the longest first
     * @param next the time before which no other transfer can have been idle long enough
     */
    private record Scan(Queue<Idle> idle, long next) {}

    public TransferQuota(int max, int maxPerClient) {
        this.max = max;
        this.maxPerClient = maxPerClient;
    }

    /**
     * Admits a transfer.
     *
     * @throws TftpException if a limit is reached, or the server is shutting down
     */
    public void enter(ServerTransfer transfer) throws TftpException {
        transfers.put(transfer, false);
        int ofClient = runningByClient.merge(transfer.client(), 1, Integer::sum);
        int inAll = running.incrementAndGet();
        String reason = null;
        if (closed) { // checked after the transfer was counted, since awaitEmpty may already wait
            reason = "server is shutting down";
        } else if (ofClient > maxPerClient) {
            reason = "too many transfers of this client, try again";
        } else if (inAll > max) {
            reason = "server is busy, try again";
        }
        if (reason != null) {
            leave(transfer);
            throw new TftpException(ErrorCode.NOT_DEFINED, reason);
        }
    }

    /** Called when a transfer starts whose windowsize is 1. Does nothing for a transfer that has no place. */
    void markLockStep(ServerTransfer transfer) {
        transfers.computeIfPresent(transfer, (same, known) -> {
            lockStep.incrementAndGet();
            return true;
        });
    }

    /** Called when an admitted transfer has ended. Does nothing for any other transfer. */
    void leave(ServerTransfer transfer) {
        Boolean known = transfers.remove(transfer);
        if (known != null) {
            if (known) {
                lockStep.decrementAndGet();
            }
            runningByClient.computeIfPresent(transfer.client(), (client, count) -> count == 1 ? null : count - 1);
            running.decrementAndGet();
            LockSupport.unpark(waiting);
        }
    }

    /**
     * Returns the transfer to evict for a new request of a client, if a limit is reached: the one that has been idle
     * longest, among those of the client if its limit is reached, otherwise among all.
     *
     * @param client identifies the client, see {@link ServerTransfer#client}
     * @param now the time in nanoseconds
     * @return null if no limit is reached, or no transfer has been idle for {@link #LEAST_SILENCE}
     */
    public ServerTransfer longestSilent(long client, long now) {
        boolean ofClient = isFullFor(client);
        if (!ofClient && !isFull()) {
            return null;
        }
        Predicate<ServerTransfer> which = transfer -> !ofClient || transfer.client() == client;
        Scan scan = lastScan;
        ServerTransfer found = scan == null ? null : take(scan.idle, which, now);
        if (found == null && (scan == null || now - scan.next >= 0)) {
            lastScan = scan(now);
            found = take(lastScan.idle, which, now);
        }
        return found;
    }

    private ServerTransfer take(Queue<Idle> idle, Predicate<ServerTransfer> which, long now) {
        for (Idle next : idle) {
            ServerTransfer transfer = next.transfer;
            if (which.test(transfer)
                    && idle.remove(next)
                    && transfers.containsKey(transfer)
                    && transfer.idleTime(now) >= LEAST_SILENCE) {
                return transfer;
            }
        }
        return null;
    }

    /**
     * Scans all transfers. Idle times only grow with time, so no other transfer can have been idle long enough before
     * the next scan.
     */
    private Scan scan(long now) {
        List<Idle> found = new ArrayList<>();
        long longestOther = 0;
        for (ServerTransfer transfer : transfers.keySet()) {
            long nanos = transfer.idleTime(now);
            if (nanos >= LEAST_SILENCE) {
                found.add(new Idle(transfer, nanos));
            } else {
                longestOther = Math.max(longestOther, nanos);
            }
        }
        found.sort(Comparator.comparingLong(Idle::nanos).reversed());
        return new Scan(
                new ConcurrentLinkedQueue<>(found), now + Math.max(LEAST_BETWEEN_SCANS, LEAST_SILENCE - longestOther));
    }

    /** Returns true if the limit of all transfers is reached. */
    public boolean isFull() {
        return running.get() >= max;
    }

    /** Returns true if the limit of a client is reached. */
    public boolean isFullFor(long client) {
        return runningByClient.getOrDefault(client, 0) >= maxPerClient;
    }

    public int running() {
        return running.get();
    }

    /** Returns true if there are at most {@code max} transfers, each of them with a windowsize of 1. */
    public boolean isLockStepOnly(int max) {
        int count = running.get();
        return count <= max && lockStep.get() == count;
    }

    /** Refuses all further transfers. */
    public void close() {
        closed = true;
    }

    public boolean isClosed() {
        return closed;
    }

    /**
     * Waits until all transfers have ended. Must not be called by two threads at once.
     *
     * @param timeout the longest time to wait
     * @return false if transfers are still running after that time
     */
    public boolean awaitEmpty(Duration timeout) throws InterruptedException {
        waiting = Thread.currentThread();
        long end = System.nanoTime() + timeout.toNanos();
        for (long left = timeout.toNanos(); running.get() > 0 && left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        waiting = null;
        return running.get() == 0;
    }
}

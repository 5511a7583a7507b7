package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Limits the number of running transfers, in all and for each client. Safe for use by several threads; the requests of
 * different clients do not share a lock.
 */
public final class TransferQuota {
    private final int max;
    private final int maxPerClient;
    private final RunningTransfers all = new RunningTransfers();
    private final Map<Long, RunningTransfers> byClient = new ConcurrentHashMap<>();
    private volatile boolean closed;
    /** The thread that waits until all transfers have ended, or null. */
    private volatile Thread waiting;

    public TransferQuota(int max, int maxPerClient) {
        this.max = max;
        this.maxPerClient = maxPerClient;
    }

    /**
     * Admits a transfer.
     *
     * @throws TftpException if a limit is reached, or the server is shutting down
     */
    public void enter(ServerTransfer child) throws TftpException {
        RunningTransfers ofClient = byClient.compute(child.client(), (client, known) -> {
            RunningTransfers running = known == null ? new RunningTransfers() : known;
            running.tryAdd(child, maxPerClient);
            return running;
        });
        boolean entered = ofClient.contains(child);
        boolean full = entered && !all.tryAdd(child, max);
        if (closed || full) { // checked after the transfer was counted, since awaitEmpty may already wait
            leave(child);
            throw new TftpException(
                    ErrorCode.NOT_DEFINED, closed ? "server is shutting down" : "server is busy, try again");
        }
        if (!entered) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "too many transfers of this client, try again");
        }
    }

    /** Called when an admitted transfer has ended. Does nothing for any other transfer. */
    void leave(ServerTransfer child) {
        byClient.computeIfPresent(child.client(), (client, known) -> {
            known.remove(child);
            return known.size() == 0 ? null : known;
        });
        all.remove(child);
        LockSupport.unpark(waiting);
    }

    /**
     * Returns the transfer to evict for a new request of a client, if a limit is reached: the one that has been idle
     * longest, among those of the client if its limit is reached, otherwise among all.
     *
     * @param client identifies the client, see {@link ServerTransfer#client}
     * @param now the time in nanoseconds
     * @return null if no limit is reached, or no transfer has been idle for {@link RunningTransfers#LEAST_SILENCE}
     */
    public ServerTransfer longestSilent(long client, long now) {
        RunningTransfers ofClient = byClient.get(client);
        if (ofClient != null && ofClient.size() >= maxPerClient) {
            return ofClient.longestSilent(now);
        }
        return isFull() ? all.longestSilent(now) : null;
    }

    /** Returns true if the limit of all transfers is reached. */
    public boolean isFull() {
        return all.size() >= max;
    }

    /** Returns true if the limit of a client is reached. */
    public boolean isFullFor(long client) {
        RunningTransfers ofClient = byClient.get(client);
        return ofClient != null && ofClient.size() >= maxPerClient;
    }

    public int running() {
        return all.size();
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
        for (long left = timeout.toNanos(); all.size() > 0 && left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        waiting = null;
        return all.size() == 0;
    }
}

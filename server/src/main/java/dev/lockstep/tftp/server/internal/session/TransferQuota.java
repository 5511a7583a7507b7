package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Limits the number of running transfers, in all and for each client. Called once for each request. */
@ThreadSafe
public final class TransferQuota {
    private final int max;
    private final int maxPerClient;
    private final RunningTransfers all = new RunningTransfers();
    private final Map<Long, RunningTransfers> byClient = new HashMap<>();
    private boolean closed;

    public TransferQuota(int max, int maxPerClient) {
        this.max = max;
        this.maxPerClient = maxPerClient;
    }

    /**
     * Admits a transfer.
     *
     * @throws TftpException if a limit is reached, or the server is shutting down
     */
    public synchronized void enter(ServerTransfer child) throws TftpException {
        if (closed) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "server is shutting down");
        }
        if (isFullFor(child.client())) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "too many transfers of this client, try again");
        }
        if (isFull()) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "server is busy, try again");
        }
        all.add(child);
        byClient.computeIfAbsent(child.client(), client -> new RunningTransfers())
                .add(child);
    }

    /** Called when an admitted transfer has ended. Does nothing for any other transfer. */
    synchronized void leave(ServerTransfer child) {
        RunningTransfers ofClient = byClient.get(child.client());
        if (ofClient != null) {
            ofClient.remove(child);
            if (ofClient.size() == 0) {
                byClient.remove(child.client());
            }
        }
        all.remove(child);
        notifyAll();
    }

    /**
     * Returns the transfer to evict for a new request of a client, if a limit is reached: the one that has been idle
     * timeout, among those of the client if its limit is reached, otherwise among all.
     *
     * @param client identifies the client, see {@link ServerTransfer#client}
     * @param now the time in nanoseconds
     * @return null if no limit is reached, or no transfer has been idle for {@link RunningTransfers#LEAST_SILENCE}
     */
    public synchronized ServerTransfer longestSilent(long client, long now) {
        if (isFullFor(client)) {
            return byClient.get(client).longestSilent(now);
        }
        return isFull() ? all.longestSilent(now) : null;
    }

    /** Returns true if the limit of all transfers is reached. */
    public synchronized boolean isFull() {
        return all.size() >= max;
    }

    /** Returns true if the limit of a client is reached. */
    public synchronized boolean isFullFor(long client) {
        RunningTransfers ofClient = byClient.get(client);
        return ofClient != null && ofClient.size() >= maxPerClient;
    }

    public synchronized int running() {
        return all.size();
    }

    /** Refuses all further transfers. */
    public synchronized void close() {
        closed = true;
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    /**
     * Waits until all transfers have ended.
     *
     * @param timeout the timeout wait
     * @return false if transfers are still running after that time
     */
    public synchronized boolean awaitEmpty(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        long left = timeout.toNanos();
        while (all.size() > 0 && left > 0) {
            wait(Math.max(1, left / 1_000_000));
            left = end - System.nanoTime();
        }
        return all.size() == 0;
    }
}

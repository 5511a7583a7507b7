package dev.lockstep.tftp.server;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.TftpException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Counts running transfers, all and by client, and refuses one too many. Asked once a request, by every listener. */
final class TransferQuota {
    private final int most;
    private final int mostPerClient;
    private final RunningTransfers all = new RunningTransfers();
    private final Map<Long, RunningTransfers> byClient = new HashMap<>();
    private boolean closed;

    TransferQuota(int most, int mostPerClient) {
        this.most = most;
        this.mostPerClient = mostPerClient;
    }

    /** Lets a transfer in, or says why not. */
    synchronized void enter(ServerTransfer child) throws TftpException {
        if (closed) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "server is shutting down");
        }
        if (all.size() >= most) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "server is busy, try again");
        }
        if (isFullFor(child.client())) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "too many transfers of this client, try again");
        }
        all.add(child);
        byClient.computeIfAbsent(child.client(), client -> new RunningTransfers())
                .add(child);
    }

    /** A transfer that was let in is over. Does nothing for any other. */
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
     * Where all places are taken that a client may have, the transfer to evict for a new one: that which has been silent
     * longest, of those of the client if it has as many as one may have, else of all. Null if there is a place, or none was
     * silent for {@link RunningTransfers#LEAST_SILENCE}.
     */
    synchronized ServerTransfer longestSilent(long client, long now) {
        if (isFullFor(client)) {
            return byClient.get(client).longestSilent(now);
        }
        return isFull() ? all.longestSilent(now) : null;
    }

    /** Whether all places are taken. */
    synchronized boolean isFull() {
        return all.size() >= most;
    }

    private boolean isFullFor(long client) {
        RunningTransfers ofClient = byClient.get(client);
        return ofClient != null && ofClient.size() >= mostPerClient;
    }

    synchronized int running() {
        return all.size();
    }

    /** Lets nobody in any more. */
    synchronized void close() {
        closed = true;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Waits until nobody is in; false if that takes longer. */
    synchronized boolean awaitEmpty(Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        long left = longest.toNanos();
        while (all.size() > 0 && left > 0) {
            wait(Math.max(1, left / 1_000_000));
            left = end - System.nanoTime();
        }
        return all.size() == 0;
    }
}

package dev.lockstep.tftp.server;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.TftpException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Counts running transfers, all and by client, and refuses one too many. Asked once a request, by every listener. */
final class Admission {
    private final int most;
    private final int mostPerClient;
    private final Map<InetAddress, Integer> byClient = new HashMap<>();
    private int running;
    private boolean closed;

    Admission(int most, int mostPerClient) {
        this.most = most;
        this.mostPerClient = mostPerClient;
    }

    /** Lets a transfer in, or says why not. */
    synchronized void enter(InetAddress client) throws TftpException {
        if (closed) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "server is shutting down");
        }
        if (running >= most) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "server is busy, try again");
        }
        if (byClient.getOrDefault(client, 0) >= mostPerClient) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "too many transfers of this client, try again");
        }
        running++;
        byClient.merge(client, 1, Integer::sum);
    }

    /** A transfer that was let in is over. */
    synchronized void leave(InetAddress client) {
        running--;
        byClient.computeIfPresent(client, (address, count) -> count == 1 ? null : count - 1);
        notifyAll();
    }

    /** Whether all places are taken. */
    synchronized boolean isFull() {
        return running >= most;
    }

    synchronized int running() {
        return running;
    }

    /** Lets nobody in any more. */
    synchronized void close() {
        closed = true;
    }

    /** Waits until nobody is in; false if that takes longer. */
    synchronized boolean awaitEmpty(Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        long left = longest.toNanos();
        while (running > 0 && left > 0) {
            wait(Math.max(1, left / 1_000_000));
            left = end - System.nanoTime();
        }
        return running == 0;
    }
}

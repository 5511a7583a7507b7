package dev.lockstep.tftp.testing;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;

/** Runs a task while the calling thread is in the middle of another one, without a limit of time. */
public final class LockWait {
    private LockWait() {}

    /** Starts a thread. Returns when it has ended or waits for a lock that the calling thread holds. */
    public static void startAndAwait(Thread other) {
        other.start();
        while (other.isAlive() && !isBlockedByThisThread(other)) {
            Thread.yield();
        }
    }

    private static boolean isBlockedByThisThread(Thread other) {
        ThreadInfo found = ManagementFactory.getThreadMXBean().getThreadInfo(other.getId());
        return found != null && found.getLockOwnerId() == Thread.currentThread().getId();
    }
}

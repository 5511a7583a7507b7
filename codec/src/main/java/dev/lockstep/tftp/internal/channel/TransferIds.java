package dev.lockstep.tftp.internal.channel;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.concurrent.atomic.AtomicLong;

/** Numbers the transfers of this process, so that their events can be told apart. */
@ThreadSafe
public final class TransferIds {
    private static final AtomicLong LAST = new AtomicLong();

    private TransferIds() {}

    /** Returns the next number, from 1 on. */
    public static long next() {
        return LAST.incrementAndGet();
    }
}

package dev.lockstep.tftp.internal.impairment;

import dev.lockstep.tftp.concurrent.EventLoop;
import io.netty.buffer.ByteBuf;

/** Decides about the datagrams of one direction of a channel. Used for one direction of one channel only. */
@EventLoop
@FunctionalInterface
public interface DatagramImpairment {
    /**
     * The decision for one datagram.
     *
     * @param dropped whether it is dropped; the rest then has no effect
     * @param duplicated whether a copy follows it
     * @param reordered whether the next datagram overtakes it
     * @param delayNanos its delay in nanoseconds, 0 for none; on its own it does not reorder
     */
    record ImpairmentDecision(boolean dropped, boolean duplicated, boolean reordered, long delayNanos) {}

    /**
     * Returns the decision for the next datagram.
     *
     * @param datagram the datagram, whose indices must not be changed
     */
    ImpairmentDecision next(ByteBuf datagram);
}

package dev.lockstep.tftp.internal.impairment;

import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.internal.impairment.DatagramImpairment.ImpairmentDecision;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A direction of an impaired link: drops, duplicates, reorders and delays datagrams. */
@EventLoop
final class ImpairedDirection {
    /** Receives the datagrams that are not dropped. */
    interface Exit {
        /**
         * Takes over a datagram.
         *
         * @param packet as it was passed
         * @param late whether it was delayed
         */
        void deliver(Object packet, boolean late);
    }

    /** The longest time in nanoseconds for which a datagram is held until the next one overtakes it. */
    private static final long MAX_HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final DatagramImpairment impairment;
    private final EventExecutor loop;
    private final Exit exit;
    private final Set<Object> inFlight = Collections.newSetFromMap(new IdentityHashMap<>());
    private Object held;
    private long lastDue;

    ImpairedDirection(DatagramImpairment impairment, EventExecutor loop, Exit exit) {
        this.impairment = impairment;
        this.loop = loop;
        this.exit = exit;
        this.lastDue = loop.ticker().nanoTime();
    }

    /** Takes over a datagram. */
    void pass(ByteBufHolder packet) {
        pass(packet, packet.content());
    }

    /** Takes over a datagram of a connected channel. */
    void pass(ByteBuf bytes) {
        pass(bytes, bytes);
    }

    private void pass(Object packet, ByteBuf content) {
        ImpairmentDecision decision = impairment.next(content);
        if (decision.dropped()) {
            ReferenceCountUtil.release(packet);
            return;
        }
        Object copy = decision.duplicated() ? copy(packet) : null;
        if (decision.reordered() && held == null) {
            holdBack(packet, decision);
        } else {
            Object before = held;
            held = null;
            send(packet, decision.delayNanos());
            if (before != null && inFlight.remove(before)) {
                send(before, decision.delayNanos());
            }
        }
        if (copy != null) {
            send(copy, decision.delayNanos());
        }
    }

    private static Object copy(Object packet) {
        return packet instanceof ByteBufHolder holder
                ? holder.retainedDuplicate()
                : ((ByteBuf) packet).retainedDuplicate();
    }

    /** Holds a datagram until the next one has passed, or for a limited time if there is none. */
    private void holdBack(Object packet, ImpairmentDecision decision) {
        held = packet;
        inFlight.add(packet);
        loop.schedule(
                () -> {
                    if (held == packet) {
                        held = null;
                        arrive(packet);
                    }
                },
                MAX_HOLD_NANOS + decision.delayNanos(),
                TimeUnit.NANOSECONDS);
    }

    private void send(Object packet, long delay) {
        long now = loop.ticker().nanoTime();
        long due = Math.max(now + delay, lastDue);
        if (due - now <= 0) {
            exit.deliver(packet, false);
            return;
        }
        lastDue = due;
        inFlight.add(packet);
        loop.schedule(() -> arrive(packet), due - now, TimeUnit.NANOSECONDS);
    }

    private void arrive(Object packet) {
        if (inFlight.remove(packet)) {
            exit.deliver(packet, true);
        }
    }

    /** Returns whether no datagram is in flight. */
    boolean isEmpty() {
        return inFlight.isEmpty();
    }

    /** Releases the datagrams in flight. */
    void clear() {
        inFlight.forEach(ReferenceCountUtil::release);
        inFlight.clear();
        held = null;
    }
}

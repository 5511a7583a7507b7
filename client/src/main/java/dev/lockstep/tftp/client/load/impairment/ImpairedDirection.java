package dev.lockstep.tftp.client.load.impairment;

import dev.lockstep.tftp.concurrent.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.EventExecutor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** A direction of an impaired link: drops, duplicates, reorders and delays datagrams. */
@EventLoop
final class ImpairedDirection {
    /** Receives the datagrams that are not dropped. */
    interface Exit {
        /**
         * Takes over a datagram.
         *
         * @param late whether it was delayed
         */
        void deliver(DatagramPacket packet, boolean late);
    }

    /** The longest time in nanoseconds for which a datagram is held until the next one overtakes it. */
    private static final long MAX_HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final LinkImpairment impairment;
    private final SplittableRandom random;
    private final EventExecutor loop;
    private final Exit exit;
    private final Set<DatagramPacket> inFlight = Collections.newSetFromMap(new IdentityHashMap<>());
    private DatagramPacket held;
    private long lastDue;

    ImpairedDirection(LinkImpairment impairment, long seed, EventExecutor loop, Exit exit) {
        this.impairment = impairment;
        this.random = new SplittableRandom(seed);
        this.loop = loop;
        this.exit = exit;
        this.lastDue = loop.ticker().nanoTime();
    }

    /** Takes over a datagram. */
    void pass(DatagramPacket packet) {
        LinkImpairment.ImpairmentDecision decision = impairment.next(random);
        if (decision.dropped()) {
            packet.release();
            return;
        }
        DatagramPacket copy = decision.duplicated() ? packet.retainedDuplicate() : null;
        if (decision.reordered() && held == null) {
            holdBack(packet, decision);
        } else {
            DatagramPacket before = held;
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

    /** Holds a datagram until the next one has passed, or for a limited time if there is none. */
    private void holdBack(DatagramPacket packet, LinkImpairment.ImpairmentDecision decision) {
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

    private void send(DatagramPacket packet, long delay) {
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

    private void arrive(DatagramPacket packet) {
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
        inFlight.forEach(DatagramPacket::release);
        inFlight.clear();
        held = null;
    }
}

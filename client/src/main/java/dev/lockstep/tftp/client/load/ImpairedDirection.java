package dev.lockstep.tftp.client.load;

import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.EventExecutor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** One direction of a bad link: loses, doubles, holds back. On one event loop only. */
final class ImpairedDirection {
    /** Where a datagram goes that is through. */
    interface Exit {
        /** Takes the datagram over. */
        void deliver(DatagramPacket packet, boolean late);
    }

    /** How long a datagram waits for the next one to overtake it. */
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(20);

    private final LinkImpairment faults;
    private final SplittableRandom random;
    private final EventExecutor loop;
    private final Exit exit;
    private final Set<DatagramPacket> underway = Collections.newSetFromMap(new IdentityHashMap<>());
    private DatagramPacket overtaken;
    private long lastDue;

    ImpairedDirection(LinkImpairment faults, long seed, EventExecutor loop, Exit exit) {
        this.faults = faults;
        this.random = new SplittableRandom(seed);
        this.loop = loop;
        this.exit = exit;
        this.lastDue = loop.ticker().nanoTime();
    }

    /** Takes a datagram over. */
    void pass(DatagramPacket packet) {
        LinkImpairment.ImpairmentDecision fate = faults.next(random);
        if (fate.lost()) {
            packet.release();
            return;
        }
        DatagramPacket copy = fate.doubled() ? packet.retainedDuplicate() : null;
        if (fate.overtaken() && overtaken == null) {
            holdBack(packet, fate);
        } else {
            DatagramPacket before = overtaken;
            overtaken = null;
            send(packet, fate.delayNanos());
            if (before != null && underway.remove(before)) {
                send(before, fate.delayNanos());
            }
        }
        if (copy != null) {
            send(copy, fate.delayNanos());
        }
    }

    /** Until the next one has passed, or for a while if there is no next one. */
    private void holdBack(DatagramPacket packet, LinkImpairment.ImpairmentDecision fate) {
        overtaken = packet;
        underway.add(packet);
        loop.schedule(
                () -> {
                    if (overtaken == packet) {
                        overtaken = null;
                        arrive(packet);
                    }
                },
                PATIENCE + fate.delayNanos(),
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
        underway.add(packet);
        loop.schedule(() -> arrive(packet), due - now, TimeUnit.NANOSECONDS);
    }

    private void arrive(DatagramPacket packet) {
        if (underway.remove(packet)) {
            exit.deliver(packet, true);
        }
    }

    /** Whether nothing is on its way. */
    boolean isEmpty() {
        return underway.isEmpty();
    }

    /** Gives up what is on its way. */
    void clear() {
        underway.forEach(DatagramPacket::release);
        underway.clear();
        overtaken = null;
    }
}

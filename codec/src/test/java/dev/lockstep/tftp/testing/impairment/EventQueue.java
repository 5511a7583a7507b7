package dev.lockstep.tftp.testing.impairment;

import java.util.PriorityQueue;

/** A queue of actions ordered by time. Actions of the same time are ordered as they were added. */
public final class EventQueue {
    private final PriorityQueue<Item> items = new PriorityQueue<>();
    private long added;

    private record Item(long moment, long order, Runnable action) implements Comparable<Item> {
        @Override
        public int compareTo(Item other) {
            int byMoment = Long.compare(moment - other.moment, 0); // nanoTime may wrap
            return byMoment == 0 ? Long.compare(order, other.order) : byMoment;
        }
    }

    /** Adds an action at a moment in nanoseconds. */
    public void add(long moment, Runnable action) {
        items.add(new Item(moment, added++, action));
    }

    /** Runs all actions that are due. */
    public void run(long now) {
        while (!items.isEmpty() && items.peek().moment - now <= 0) {
            items.remove().action.run();
        }
    }

    /** Returns whether there is no action. */
    public boolean isEmpty() {
        return items.isEmpty();
    }

    /** Returns the moment of the next action. There must be one. */
    public long next() {
        return items.element().moment;
    }

    /** Returns the milliseconds to the next action, at least 1, or 0 if there is none. */
    public long millisToNext(long now) {
        return items.isEmpty() ? 0 : Math.max(1, (items.peek().moment - now + 999_999) / 1_000_000);
    }
}

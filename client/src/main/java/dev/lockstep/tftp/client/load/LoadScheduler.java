package dev.lockstep.tftp.client.load;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Starts transfers when they are due, on a thread of its own where a rate says when, else where the last one ended. */
final class LoadScheduler {
    /** Begins a transfer. */
    @FunctionalInterface
    interface Starter {
        /**
         * Begins transfer {@code number} and returns at once.
         *
         * @param intended when it should have begun, by the clock
         * @param ended to be run once, at its end, on any thread
         */
        void start(long number, long intended, Runnable ended);
    }

    /** The time, and a way to wait for it. */
    interface Clock {
        /** The machine's. */
        Clock SYSTEM = new Clock() {
            @Override
            public long nanoTime() {
                return System.nanoTime();
            }

            @Override
            public void sleepUntil(long moment) throws InterruptedException {
                for (long left = moment - nanoTime(); left > 0; left = moment - nanoTime()) {
                    LockSupport.parkNanos(left);
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                }
            }
        };

        /** Nanoseconds since whenever. */
        long nanoTime();

        /** Returns at that moment or later. */
        void sleepUntil(long moment) throws InterruptedException;
    }

    private static final long LOOK_AROUND_MILLIS = 50;

    private final LoadSchedule schedule;
    private final Clock clock;
    private final Starter starter;
    private final Semaphore room;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong counted = new AtomicLong();
    private volatile boolean stopped;
    private long begin;

    LoadScheduler(LoadSchedule schedule, Clock clock, Starter starter) {
        this.schedule = schedule;
        this.clock = clock;
        this.starter = starter;
        this.room = new Semaphore(schedule.concurrency());
    }

    /** Starts all there is to start, and returns when all of it has ended, or a while after {@link #stop}. */
    void run() throws InterruptedException {
        begin = clock.nanoTime();
        if (schedule.isOpen()) {
            runOpen();
        } else {
            runClosed();
        }
        while (!stopped && !room.tryAcquire(schedule.concurrency(), LOOK_AROUND_MILLIS, TimeUnit.MILLISECONDS)) {
            Thread.onSpinWait();
        }
    }

    /** Nothing more starts, and {@link #run} waits for nothing more. */
    void stop() {
        stopped = true;
    }

    private void runOpen() throws InterruptedException {
        for (long n = 0; !stopped; n++) {
            long due = schedule.dueAfter(n);
            if (schedule.isOver(due) || !isOneMore(due)) {
                return;
            }
            clock.sleepUntil(begin + due);
            while (!stopped && !room.tryAcquire(LOOK_AROUND_MILLIS, TimeUnit.MILLISECONDS)) {
                Thread.onSpinWait();
            }
            if (!stopped) {
                starter.start(n, begin + due, room::release);
            }
        }
    }

    private void runClosed() throws InterruptedException {
        for (int client = 0; client < schedule.concurrency() && !stopped; client++) {
            long due = schedule.dueAfter(client);
            if (schedule.isOver(due) || counted.get() >= schedule.transfers()) {
                return;
            }
            clock.sleepUntil(begin + due);
            room.acquire();
            startNext();
        }
    }

    /** The next transfer of one client, unless all are started; then its place is free for good. */
    private void startNext() {
        long now = clock.nanoTime();
        if (stopped || schedule.isOver(now - begin) || !isOneMore(now - begin)) {
            room.release();
        } else {
            starter.start(next.getAndIncrement(), now, this::startNext);
        }
    }

    private boolean isOneMore(long elapsed) {
        return schedule.isWarmUp(elapsed) || counted.getAndIncrement() < schedule.transfers();
    }

    /** Whether a transfer that should begin at that moment, by the clock, is not counted. */
    boolean isWarmUp(long intended) {
        return schedule.isWarmUp(intended - begin);
    }
}

package dev.lockstep.tftp.client.load;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts transfers on schedule. In an open loop they start on the thread that calls {@link #run}. In a closed loop a
 * client's next transfer starts on the thread on which its previous one has ended.
 */
final class LoadScheduler {
    /** Starts a transfer. */
    @FunctionalInterface
    interface Starter {
        /**
         * Starts transfer {@code number} and returns at once.
         *
         * @param intended the scheduled start in nanoseconds, by the clock
         * @param ended must be called once when the transfer is over, on any thread
         */
        void start(long number, long intended, Ended ended);
    }

    /** Called when a transfer is over. */
    @FunctionalInterface
    interface Ended {
        /** Called when a transfer has ended. */
        void run();

        /** Called instead of {@link #run} if the transfer could not be started. */
        default void notStarted() {
            run();
        }
    }

    /** A clock that can wait. */
    interface Clock {
        /** The clock of the JVM. */
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

        /** Returns nanoseconds since an arbitrary moment. */
        long nanoTime();

        /** Waits until the given moment or later. */
        void sleepUntil(long moment) throws InterruptedException;
    }

    private static final long POLL_MILLIS = 50;

    private final LoadSchedule schedule;
    private final Clock clock;
    private final Starter starter;
    private final Shard shard;
    private final int concurrency;
    /** The number of transfers to count: in an open loop of all shards, in a closed loop of this one. */
    private final long limit;

    private final Semaphore permits;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong counted = new AtomicLong();
    private volatile boolean stopped;
    private volatile long missed;
    private long begin;
    private final Ended nextOfClient = new Ended() {
        @Override
        public void run() {
            startNext();
        }

        /** Ends this client: without a socket it would fail all transfers that are left at once. */
        @Override
        public void notStarted() {
            permits.release();
        }
    };

    LoadScheduler(LoadSchedule schedule, Clock clock, Starter starter) {
        this.schedule = schedule;
        this.clock = clock;
        this.starter = starter;
        this.shard = schedule.shard();
        this.concurrency = (int) shard.share(schedule.concurrency());
        this.limit = schedule.isOpen() ? schedule.transfers() : shard.share(schedule.transfers());
        this.permits = new Semaphore(concurrency);
    }

    /** Starts all transfers of the schedule. Returns when all have ended, or shortly after {@link #stop}. */
    void run() throws InterruptedException {
        begin = clock.nanoTime();
        if (schedule.isOpen()) {
            runOpen();
        } else {
            runClosed();
        }
        while (!stopped && !permits.tryAcquire(concurrency, POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            Thread.onSpinWait();
        }
    }

    /** Waits until the given time, or until {@link #stop}. A correction of the system clock is followed. */
    void awaitStart(Instant start, InstantSource systemClock) throws InterruptedException {
        long step = TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS);
        Instant now = systemClock.instant();
        while (!stopped && now.isBefore(start)) {
            clock.sleepUntil(clock.nanoTime() + Math.min(now.until(start, ChronoUnit.NANOS), step));
            now = systemClock.instant();
        }
    }

    /** Starts no more transfers, and ends {@link #run} without waiting for the running ones. */
    void stop() {
        stopped = true;
    }

    private void runOpen() throws InterruptedException {
        for (long n = 0; ; n++) {
            long due = schedule.dueAfter(n);
            if (schedule.isOver(due) || !tryCount(due)) {
                return;
            } else if (!shard.has(n)) {
                continue;
            }
            await(begin + due);
            while (!stopped && !permits.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                Thread.onSpinWait();
            }
            if (stopped) {
                missed = dueFrom(n);
                return;
            }
            starter.start(n, begin + due, permits::release);
        }
    }

    /** Returns the number of transfers that should have started by now, from {@code first} on, which is counted already. */
    private long dueFrom(long first) {
        long elapsed = clock.nanoTime() - begin;
        long count = 0;
        for (long n = first; ; n++) {
            long due = schedule.dueAfter(n);
            if (due > elapsed || schedule.isOver(due) || n > first && !tryCount(due)) {
                return count;
            }
            count += shard.has(n) ? 1 : 0;
        }
    }

    /** Returns the number of transfers that were late when the load was stopped, and have not started. */
    long missed() {
        return missed;
    }

    /** Waits until the given moment, or until the run is stopped. */
    private void await(long moment) throws InterruptedException {
        long step = TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS);
        for (long left = moment - clock.nanoTime(); !stopped && left > 0; left = moment - clock.nanoTime()) {
            clock.sleepUntil(moment - left + Math.min(left, step));
        }
    }

    private void runClosed() throws InterruptedException {
        for (int client = 0; client < concurrency && !stopped; client++) {
            long due = schedule.dueAfter(shard.number(client));
            if (schedule.isOver(due) || counted.get() >= limit) {
                return;
            }
            await(begin + due);
            permits.acquire();
            startNext();
        }
    }

    /** Starts the next transfer of one client. When all have started, its permit is released. */
    private void startNext() {
        long now = clock.nanoTime();
        if (stopped || schedule.isOver(now - begin) || !tryCount(now - begin)) {
            permits.release();
        } else {
            starter.start(shard.number(next.getAndIncrement()), now, nextOfClient);
        }
    }

    private boolean tryCount(long elapsed) {
        return schedule.isWarmUp(elapsed) || counted.getAndIncrement() < limit;
    }

    /** Returns whether a transfer with the given scheduled start, by the clock, belongs to the warm-up. */
    boolean isWarmUp(long intended) {
        return schedule.isWarmUp(intended - begin);
    }
}

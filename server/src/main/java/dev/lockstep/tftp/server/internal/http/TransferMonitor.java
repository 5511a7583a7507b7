package dev.lockstep.tftp.server.internal.http;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.server.internal.http.EndedTransfer.Severity;
import dev.lockstep.tftp.server.internal.http.RateHistory.Sample;
import dev.lockstep.tftp.server.internal.http.RunningTransfer.Progress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/**
 * The bounded state behind the live page: running transfers, the last ones that ended or were refused, rates, and the
 * clients and files with the most bytes.
 *
 * <p>The event loops only put a transfer into a concurrent map at its start, and into a queue at its end; nothing is done for
 * a packet. All other methods are called by one thread, that of the HTTP port, which reads the counters once a second.
 */
public final class TransferMonitor implements TransferListener {
    /** Number of ended transfers that are kept, and number of refused requests. */
    static final int RECENT = 500;

    /**
     * Number of events that may wait for the thread of the HTTP port, which is called when half of them wait. More, in a
     * flood, are counted and neither listed nor ranked.
     */
    static final int QUEUE = 16_384;

    private static final int TOP_KEYS = 256;
    private static final int TOP_SLICES = 6;
    private static final int TOP_ROWS = 10;
    private static final long TOP_NANOS = 5_000_000_000L;
    private static final long SLICE_NANOS = 600_000_000_000L;
    private static final double NANOS = 1e9;

    private final BiFunction<Request, InetSocketAddress, String> ruleOf;
    private final LongSupplier nanoTime;
    private final LongSupplier millis;

    private final Map<Long, RunningTransfer> running = new ConcurrentHashMap<>();
    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final LongAdder unlisted = new LongAdder();
    private volatile Executor thread = task -> {};

    private final Deque<Numbered> ended = new ArrayDeque<>();
    private final Deque<Numbered> refused = new ArrayDeque<>();
    private final RateHistory rates = new RateHistory();
    private final TopList clients = new TopList(TOP_KEYS, TOP_SLICES);
    private final TopList files = new TopList(TOP_KEYS, TOP_SLICES);
    private final Totals totals = new Totals();
    private final long[] counts = new long[Severity.values().length];
    private int runningCount;
    private int runningWrites;
    private long lastNumber;
    private long sampledAt;
    private long rotatedAt;
    private Top top;
    private long topAt;

    /** The clients and the files with the most bytes. */
    record Top(List<TopList.Entry> clients, List<TopList.Entry> files) {}

    /** An event that waits for the thread of the HTTP port; {@code transfer} is null for a refusal. */
    private record Waiting(EndedTransfer entry, RunningTransfer transfer) {}

    /**
     * An entry with its number.
     *
     * @param number grows by one for each entry
     */
    record Numbered(long number, EndedTransfer entry) {}

    /** Sums since the start that are exact to the second, unlike the counters of the server. */
    static final class Totals {
        long sent;
        long received;
        long resent;

        private void add(boolean isWrite, Progress progress) {
            if (isWrite) {
                received += progress.bytes();
            } else {
                sent += progress.bytes();
            }
            resent += progress.resends();
        }
    }

    /**
     * Creates a monitor without transfers.
     *
     * @param ruleOf returns the name of the rule of a request, or an empty text; called on event loops
     * @param nanoTime the clock for durations, in nanoseconds
     * @param millis the time of day in milliseconds since 1970
     */
    public TransferMonitor(
            BiFunction<Request, InetSocketAddress, String> ruleOf, LongSupplier nanoTime, LongSupplier millis) {
        this.ruleOf = ruleOf;
        this.nanoTime = nanoTime;
        this.millis = millis;
        sampledAt = nanoTime.getAsLong();
        rotatedAt = sampledAt;
    }

    @Override
    @EventLoop
    public void on(TransferEvent event) {
        if (event instanceof TransferEvent.Started started) {
            String rule = ruleOf.apply(started.request(), started.peer());
            running.put(started.transferId(), new RunningTransfer(started, rule, nanoTime.getAsLong()));
        } else if (event instanceof TransferEvent.Ended over) {
            RunningTransfer transfer = running.remove(over.transferId());
            String rule = transfer == null ? "" : transfer.rule();
            offer(new Waiting(EndedTransfer.of(over, rule, millis.getAsLong()), transfer));
        } else if (event instanceof TransferEvent.Refused refusal) {
            String rule = refusal.request() == null ? "" : ruleOf.apply(refusal.request(), refusal.peer());
            offer(new Waiting(EndedTransfer.of(refusal, rule, millis.getAsLong()), null));
        }
    }

    private void offer(Waiting event) {
        int before = waiting.getAndIncrement();
        if (before >= QUEUE) {
            waiting.getAndDecrement();
            unlisted.increment();
            return;
        }
        queue.add(event);
        if (before == QUEUE / 2) {
            thread.execute(this::drain);
        }
    }

    /** Sets the thread that calls all methods but {@link #on}. */
    void useThread(Executor http) {
        thread = http;
    }

    /** Reads the counters of all transfers. Called once a second; the rates allow for a longer pause. */
    void sample() {
        long now = nanoTime.getAsLong();
        double seconds = Math.max((now - sampledAt) / NANOS, 1e-3);
        sampledAt = now;
        if (now - rotatedAt >= SLICE_NANOS) {
            rotatedAt = now;
            clients.rotate();
            files.rotate();
        }
        long sent = totals.sent;
        long received = totals.received;
        long resent = totals.resent;
        drain();
        runningCount = 0;
        runningWrites = 0;
        for (RunningTransfer transfer : running.values()) {
            totals.add(transfer.isWrite(), transfer.sample(seconds));
            runningCount++;
            runningWrites += transfer.isWrite() ? 1 : 0;
        }
        rates.add(new Sample(
                0,
                millis.getAsLong(),
                (totals.sent - sent) / seconds,
                (totals.received - received) / seconds,
                runningCount,
                counts[Severity.OK.ordinal()],
                counts[Severity.FAILED.ordinal()],
                counts[Severity.REFUSED.ordinal()],
                totals.resent - resent));
        Arrays.fill(counts, 0);
    }

    /** Moves the events of the queue to the lists. */
    private void drain() {
        for (int left = waiting.get(); left > 0; left--) { // events that are added meanwhile wait for the next call
            Waiting event = queue.poll();
            if (event == null) {
                return;
            }
            waiting.getAndDecrement();
            EndedTransfer entry = event.entry;
            if (event.transfer != null) {
                totals.add(entry.isWrite(), event.transfer.rest());
            }
            if (entry.outcome() != Outcome.EVICTED) { // there may be many, mostly with spoofed source addresses
                counts[entry.severity().ordinal()]++;
                list(entry);
            }
        }
    }

    private void list(EndedTransfer entry) {
        boolean isRefusal = entry.severity() == Severity.REFUSED;
        Deque<Numbered> recent = isRefusal ? refused : ended;
        recent.addFirst(new Numbered(++lastNumber, entry));
        if (recent.size() > RECENT) {
            recent.removeLast();
        }
        if (isRefusal) {
            clients.addRefusal(entry.client());
            if (entry.file() != null) {
                files.addRefusal(entry.file());
            }
        } else {
            boolean failed = entry.severity() == Severity.FAILED;
            clients.addTransfer(entry.client(), entry.bytes(), failed);
            files.addTransfer(entry.file(), entry.bytes(), failed);
        }
    }

    /** Returns the number of running transfers at the last sample. */
    int runningCount() {
        return runningCount;
    }

    /** Returns the number of running uploads at the last sample. */
    int runningWrites() {
        return runningWrites;
    }

    /** Returns the running transfers, oldest first. */
    Collection<RunningTransfer> running() {
        return running.values().stream()
                .sorted(Comparator.comparingLong(RunningTransfer::id))
                .toList();
    }

    /** Returns the ended transfers and refused requests whose number is greater than the given one, newest first. */
    List<Numbered> recent(long after) {
        List<Numbered> all = new ArrayList<>();
        for (Deque<Numbered> each : List.of(ended, refused)) {
            each.stream().takeWhile(entry -> entry.number > after).forEach(all::add);
        }
        all.sort((one, other) -> Long.compare(other.number, one.number));
        return all;
    }

    /** Returns the number of the newest entry, or 0 if there is none. */
    long lastNumber() {
        return lastNumber;
    }

    /** Returns how many events of a flood are neither listed nor ranked. */
    long unlisted() {
        return unlisted.sum();
    }

    /** Returns the clients and files with the most bytes, at most five seconds old: adding them up takes a while. */
    Top top() {
        if (top == null || sampledAt - topAt >= TOP_NANOS) {
            topAt = sampledAt;
            top = new Top(clients.heaviest(TOP_ROWS), files.heaviest(TOP_ROWS));
        }
        return top;
    }

    RateHistory rates() {
        return rates;
    }

    TopList clients() {
        return clients;
    }

    TopList files() {
        return files;
    }

    Totals totals() {
        return totals;
    }

    /** Returns the seconds since the start of a transfer. */
    double ageOf(RunningTransfer transfer) {
        return transfer.age(nanoTime.getAsLong());
    }
}

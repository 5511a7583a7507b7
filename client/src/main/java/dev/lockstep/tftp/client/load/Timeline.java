package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.ArrayList;
import java.util.List;

/**
 * The metrics over time. The samples cover tenths of seconds at first, then seconds, then tens of seconds. So a short
 * run has several samples, and a long run needs little memory.
 */
@ThreadSafe
final class Timeline {
    /** Number of calls of {@link #poll} per second. */
    static final int POLLS_PER_SECOND = 10;
    /** The maximum number of samples. When it is reached, each ten of them are combined to one. */
    private static final int MAX_SAMPLES = 600;

    private static final double NANOS = 1e9;

    private final LoadMetrics metrics;
    private final long begin;
    private final List<TransferSample> samples = new ArrayList<>();
    private int pollsPerSample = 1;
    private int polls;
    private TransferSample current = new TransferSample(0, 0, 0, 0, 0, 0);
    private double lastSecond;
    private long lastBytes;
    private long lastCompleted;
    private long lastFailed;

    Timeline(LoadMetrics metrics, long begin) {
        this.metrics = metrics;
        this.begin = begin;
    }

    /**
     * Adds the current metrics to the timeline.
     *
     * @param now the time in nanoseconds
     */
    synchronized void poll(long now) {
        double second = (now - begin) / NANOS;
        long bytes = metrics.bytes.sum();
        long completed = metrics.completed.sum();
        long failed = metrics.failed.sum();
        long running = metrics.started.sum() - completed - failed;
        current = current.and(new TransferSample(
                second,
                second - lastSecond,
                bytes - lastBytes,
                completed - lastCompleted,
                failed - lastFailed,
                running));
        lastSecond = second;
        lastBytes = bytes;
        lastCompleted = completed;
        lastFailed = failed;
        if (++polls >= pollsPerSample) {
            add();
        }
    }

    /**
     * Adds the final metrics and returns all samples. A last sample that is too short for a meaningful rate is combined
     * with the previous one.
     *
     * @param now the time in nanoseconds
     */
    synchronized List<TransferSample> end(long now) {
        poll(now);
        if (current.length() > 0) {
            add();
        }
        int last = samples.size() - 1;
        if (last > 0 && samples.get(last).length() < samples.get(last - 1).length() / 2) {
            TransferSample rest = samples.remove(last);
            samples.set(last - 1, samples.get(last - 1).and(rest));
        }
        return List.copyOf(samples);
    }

    private void add() {
        samples.add(current);
        current = new TransferSample(0, 0, 0, 0, 0, 0);
        polls = 0;
        if (samples.size() == MAX_SAMPLES) {
            thin();
        }
    }

    private void thin() {
        List<TransferSample> fewer = new ArrayList<>();
        for (int from = 0; from < MAX_SAMPLES; from += POLLS_PER_SECOND) {
            samples.subList(from, from + POLLS_PER_SECOND).stream()
                    .reduce(TransferSample::and)
                    .ifPresent(fewer::add);
        }
        samples.clear();
        samples.addAll(fewer);
        pollsPerSample *= POLLS_PER_SECOND;
    }
}

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

    private final LoadMetrics metrics;
    private final long begin;
    private final List<TransferSample> samples = new ArrayList<>();
    private int pollsPerSample = 1;
    private int polls;
    private TransferSample current = TransferSample.NONE;
    private LoadProgress last = LoadProgress.NONE;

    Timeline(LoadMetrics metrics, long begin) {
        this.metrics = metrics;
        this.begin = begin;
    }

    /**
     * Adds the current metrics to the timeline, and returns them.
     *
     * @param now the time in nanoseconds
     */
    synchronized LoadProgress poll(long now) {
        LoadProgress progress = LoadProgress.of(false, metrics, now - begin);
        current = current.and(TransferSample.between(last, progress));
        last = progress;
        if (++polls >= pollsPerSample) {
            add();
        }
        return progress;
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
        current = TransferSample.NONE;
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

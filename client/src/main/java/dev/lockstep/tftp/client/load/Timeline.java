package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.util.ArrayList;
import java.util.List;

/**
 * The metrics over time. The samples cover hundredths of a second at first. When there are too many, each two of them
 * are combined to one. So a short run has enough samples to show a shape, and a long run needs little memory.
 */
@ThreadSafe
final class Timeline {
    /** Number of calls of {@link #poll} per second. */
    static final int POLLS_PER_SECOND = 100;
    /** The maximum number of samples: as many steps as a chart on a small screen can show. */
    private static final int MAX_SAMPLES = 120;

    /** The number of samples that a chart should have, even of few transfers. */
    private static final int MIN_SAMPLES = 40;
    /** The number of transfers in a sample, on average, that makes its percentiles and its rate meaningful. */
    private static final int TRANSFERS_PER_SAMPLE = 10;

    private final LoadMetrics metrics;
    private final long begin;
    private List<TransferSample> samples = new ArrayList<>();
    private int pollsPerSample = 1;
    private int polls;
    private LoadProgress last = LoadProgress.NONE;

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
        if (++polls >= pollsPerSample) {
            add(now);
        }
    }

    /**
     * Adds the final metrics and returns all samples, fewer if most of them have few transfers. A last sample that is too
     * short for a meaningful rate is combined with the previous one.
     *
     * @param now the time in nanoseconds
     */
    synchronized List<TransferSample> end(long now) {
        add(now);
        while (samples.size() > MIN_SAMPLES && last.completed() < (long) TRANSFERS_PER_SAMPLE * samples.size()) {
            thin();
        }
        int end = samples.size() - 1;
        if (end > 0 && samples.get(end).length() < samples.get(end - 1).length() / 2) {
            TransferSample rest = samples.remove(end);
            samples.set(end - 1, samples.get(end - 1).and(rest));
        }
        return List.copyOf(samples);
    }

    private void add(long now) {
        LoadProgress progress = LoadProgress.of(false, metrics, now - begin);
        if (progress.seconds() <= last.seconds()) {
            return;
        }
        samples.add(TransferSample.between(last, progress, metrics.recentLatency.getIntervalHistogram()));
        last = progress;
        polls = 0;
        if (samples.size() == MAX_SAMPLES) {
            thin();
        }
    }

    /** Combines each two samples to one. */
    private void thin() {
        List<TransferSample> fewer = new ArrayList<>();
        for (int i = 0; i < samples.size(); i += 2) {
            TransferSample first = samples.get(i);
            fewer.add(i + 1 < samples.size() ? first.and(samples.get(i + 1)) : first);
        }
        samples = fewer;
        pollsPerSample *= 2;
    }
}

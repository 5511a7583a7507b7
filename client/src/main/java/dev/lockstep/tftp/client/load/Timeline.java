package dev.lockstep.tftp.client.load;

import java.util.ArrayList;
import java.util.List;

/**
 * The tally over time: tenths of seconds at first, then seconds, then tens of them, so that a short run shows
 * something and a long one stays small. Safe on any thread.
 */
final class Timeline {
    /** Looks a second. */
    static final int LOOKS = 10;
    /** So many samples are kept at most; ten of them then become one. */
    private static final int MOST = 600;

    private static final double NANOS = 1e9;

    private final LoadMetrics tally;
    private final long begin;
    private final List<TransferSample> samples = new ArrayList<>();
    private int looksASample = 1;
    private int looks;
    private TransferSample underway = new TransferSample(0, 0, 0, 0, 0, 0);
    private double lastSecond;
    private long lastBytes;
    private long lastCompleted;
    private long lastFailed;

    Timeline(LoadMetrics tally, long begin) {
        this.tally = tally;
        this.begin = begin;
    }

    /** Looks at the tally. */
    synchronized void look(long now) {
        double second = (now - begin) / NANOS;
        long bytes = tally.bytes.sum();
        long completed = tally.completed.sum();
        long failed = tally.failed.sum();
        long running = tally.started.sum() - completed - failed;
        underway = underway.and(new TransferSample(
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
        if (++looks >= looksASample) {
            add();
        }
    }

    /** Looks for the last time: a stretch too short for a rate of its own belongs to the one before. */
    synchronized List<TransferSample> end(long now) {
        look(now);
        if (underway.length() > 0) {
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
        samples.add(underway);
        underway = new TransferSample(0, 0, 0, 0, 0, 0);
        looks = 0;
        if (samples.size() == MOST) {
            thin();
        }
    }

    private void thin() {
        List<TransferSample> fewer = new ArrayList<>();
        for (int from = 0; from < MOST; from += LOOKS) {
            samples.subList(from, from + LOOKS).stream()
                    .reduce(TransferSample::and)
                    .ifPresent(fewer::add);
        }
        samples.clear();
        samples.addAll(fewer);
        looksASample *= LOOKS;
    }
}

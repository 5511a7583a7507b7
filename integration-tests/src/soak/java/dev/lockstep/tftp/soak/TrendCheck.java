package dev.lockstep.tftp.soak;

import java.util.List;
import java.util.Locale;

/**
 * The trend of a measure. It is flat if the median over the last third is no higher than over the first, plus a tenth and
 * the slack of the measure. The first fifth of the time is the warm-up and is ignored.
 */
public record TrendCheck(Measure measure, double early, double late, double most) {
    /** Returns the trend of a measure over all samples. */
    public static TrendCheck of(Measure measure, List<ResourceSample> all) {
        List<ResourceSample> warm = all.subList(all.size() / 5, all.size());
        int third = Math.max(1, warm.size() / 3);
        double most = warm.stream().mapToDouble(each -> each.of(measure)).max().orElseThrow();
        return new TrendCheck(
                measure,
                median(measure, warm.subList(0, third)),
                median(measure, warm.subList(warm.size() - third, warm.size())),
                most);
    }

    /** Returns the trend between two samples of the idle daemon, one before the load and one after it. */
    static TrendCheck between(Measure measure, ResourceSample before, ResourceSample after) {
        return new TrendCheck(measure, before.of(measure), after.of(measure), after.of(measure));
    }

    /** Returns whether the measure has not grown. */
    public boolean isFlat() {
        return late <= measure.mostAfter(early);
    }

    private static double median(Measure measure, List<ResourceSample> samples) {
        double[] sorted =
                samples.stream().mapToDouble(each -> each.of(measure)).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%-30s %8.1f early, %8.1f late, %8.1f at most: %s",
                measure.title(),
                early,
                late,
                most,
                isFlat() ? "flat" : "GROWS");
    }
}

package dev.lockstep.tftp.soak;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The resources of a daemon at one moment.
 *
 * @param seconds the time since the load began
 * @param values a value for each {@link Measure}
 */
public record ResourceSample(double seconds, double... values) {
    double of(Measure measure) {
        return values[measure.ordinal()];
    }

    static String csvHeader() {
        return "seconds,"
                + Arrays.stream(Measure.values())
                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(","));
    }

    String csv() {
        return String.format(Locale.ROOT, "%.1f", seconds)
                + Arrays.stream(values)
                        .mapToObj(each -> String.format(Locale.ROOT, ",%.2f", each))
                        .collect(Collectors.joining());
    }
}

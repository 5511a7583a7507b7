package dev.lockstep.tftp.figures;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Repeated measurements of one figure. */
record Spread(double... sorted) {
    static Spread of(DoubleStream values) {
        return new Spread(values.sorted().toArray());
    }

    boolean isEmpty() {
        return sorted.length == 0;
    }

    double median() {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    double least() {
        return sorted[0];
    }

    double most() {
        return sorted[sorted.length - 1];
    }

    /** Returns the median, or a dash if there is none. */
    String medianText() {
        return isEmpty() ? "–" : text(median());
    }

    /** Returns the least and the most value, or a dash if there is none. */
    String rangeText() {
        return isEmpty() ? "–" : text(least()) + " to " + text(most());
    }

    /** Returns the median with the range in parentheses, or a dash if there is none. */
    String text() {
        return isEmpty() ? "–" : medianText() + " (" + text(least()) + "–" + text(most()) + ")";
    }

    /** Returns a number with three significant digits, or all digits before the point. */
    static String text(double number) {
        double size = Math.abs(number);
        int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + decimals + "f", number);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Spread spread && Arrays.equals(sorted, spread.sorted);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sorted);
    }
}

package dev.lockstep.tftp.client.load;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A condition under which a load test fails, such as {@code p99>200ms}.
 *
 * @param text the condition as the user wrote it
 * @param metric a figure of the latency; one of the time to the first byte, after {@code first-byte-}; {@code failures};
 *     or {@code rate}
 * @param comparison one of {@code >}, {@code >=}, {@code <} and {@code <=}
 * @param limit the limit in milliseconds, transfers or transfers per second
 * @param percent whether the limit is a percentage of all transfers
 */
public record FailCondition(String text, String metric, String comparison, double limit, boolean percent) {
    private static final String FAILURES = "failures";
    private static final String RATE = "rate";
    private static final String FIRST_BYTE = "first-byte-";
    private static final Pattern FORM =
            Pattern.compile("\\s*([a-z0-9.-]+?)\\s*([<>]=?)\\s*(\\d+(?:\\.\\d+)?)\\s*([a-z/%]*)\\s*");
    private static final Pattern TIME = Pattern.compile("(" + FIRST_BYTE + ")?(min|mean|p50|p90|p95|p99|p99\\.9|max)");
    private static final Map<String, Double> MILLIS = Map.of("us", 0.001, "ms", 1.0, "s", 1000.0);

    /**
     * Parses a condition.
     *
     * @param text a metric, a comparison and a limit
     * @return the condition
     * @throws IllegalArgumentException for any other text; the message contains it and what was expected
     */
    public static FailCondition parse(String text) {
        Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (form.matches()) {
            String metric = form.group(1);
            String unit = form.group(4);
            double number = Double.parseDouble(form.group(3));
            if (TIME.matcher(metric).matches() && MILLIS.containsKey(unit)) {
                return new FailCondition(text, metric, form.group(2), number * MILLIS.get(unit), false);
            } else if (metric.equals(FAILURES) && (unit.isEmpty() || unit.equals("%"))
                    || metric.equals(RATE) && (unit.isEmpty() || unit.equals("/s"))) {
                return new FailCondition(text, metric, form.group(2), number, unit.equals("%"));
            }
        }
        throw new IllegalArgumentException(text + " (expected: such as p99>200ms, first-byte-p95>1s, failures>1%"
                + " or rate<100; times: min, mean, p50, p90, p95, p99, p99.9 and max)");
    }

    /**
     * Returns whether the condition is about failed transfers.
     *
     * @return whether it limits their number
     */
    public boolean isAboutFailures() {
        return metric.equals(FAILURES);
    }

    /**
     * Returns the value to compare with the limit.
     *
     * @param result the result of a load test
     * @return the value in the unit of the limit; NaN if no transfer was complete
     */
    public double valueIn(LoadResult result) {
        if (isAboutFailures()) {
            return percent ? 100.0 * result.failed() / Math.max(1, result.transfers()) : result.failed();
        } else if (metric.equals(RATE)) {
            return result.transfersPerSecond();
        }
        return metric.startsWith(FIRST_BYTE)
                ? result.firstByte().figures().get(metric.substring(FIRST_BYTE.length()))
                : result.latency().figures().get(metric);
    }

    /**
     * Returns whether the load test has failed. Without a complete transfer, all conditions on times hold.
     *
     * @param result the result of a load test
     * @return whether the condition holds
     */
    public boolean holdsFor(LoadResult result) {
        double value = valueIn(result);
        return Double.isNaN(value)
                || switch (comparison) {
                    case ">" -> value > limit;
                    case ">=" -> value >= limit;
                    case "<" -> value < limit;
                    default -> value <= limit;
                };
    }

    /**
     * Returns the text of a value of this metric.
     *
     * @param value a value, as of {@link #valueIn}
     * @return the value with its unit, or a dash for NaN
     */
    public String describe(double value) {
        if (Double.isNaN(value)) {
            return "–";
        } else if (isAboutFailures()) {
            return percent ? String.format(Locale.ROOT, "%.2f %%", value) : String.format(Locale.ROOT, "%.0f", value);
        }
        return String.format(Locale.ROOT, metric.equals(RATE) ? "%.1f/s" : "%.2f ms", value);
    }
}

package dev.lockstep.tftp.client.load.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Parses the time at which a load test begins. */
final class StartTime {
    private static final double NANOS = 1e9;
    private static final int MAX_DAYS = 366;
    private static final Pattern SECONDS = Pattern.compile("\\+\\d{1,9}(\\.\\d{1,9})?");
    private static final Pattern UNIX_SECONDS = Pattern.compile("\\d{9,11}(\\.\\d{1,9})?");
    private static final Pattern TIME = Pattern.compile("\\d\\d:\\d\\d(:\\d\\d)?");

    private StartTime() {}

    /**
     * Parses a time: {@code 2026-12-01T09:30:00Z} or with another offset, {@code HH:MM[:SS]} in the time zone of this
     * machine, {@code +SECONDS} from now, or seconds since 1970. Of the times {@code HH:MM} it is the one nearest to now,
     * so that it is never a day late.
     *
     * @throws IllegalArgumentException for any other text, or a time in the past; the message contains it and what was
     *     expected
     */
    static Instant parse(String text, ZonedDateTime now) {
        Instant start = instant(text, now);
        Duration left = Duration.between(now.toInstant(), start);
        if (left.isNegative() || left.toDays() > MAX_DAYS) {
            throw new IllegalArgumentException(
                    text + ": " + start + " (expected: a time to come, now is " + now.toInstant() + ")");
        }
        return start;
    }

    private static Instant instant(String text, ZonedDateTime now) {
        try {
            if (SECONDS.matcher(text).matches()) {
                return now.toInstant().plusNanos((long) (Double.parseDouble(text) * NANOS));
            } else if (UNIX_SECONDS.matcher(text).matches()) {
                return Instant.EPOCH.plusNanos((long) (Double.parseDouble(text) * NANOS));
            } else if (TIME.matcher(text).matches()) {
                return nearest(LocalTime.parse(text), now);
            }
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    text + " (expected: 2026-12-01T09:30:00Z, HH:MM[:SS], +SECONDS or seconds since 1970)", e);
        }
    }

    private static Instant nearest(LocalTime time, ZonedDateTime now) {
        return LongStream.rangeClosed(-1, 1)
                .mapToObj(day -> now.plusDays(day).with(time).toInstant())
                .min(Comparator.comparing(candidate ->
                        Duration.between(now.toInstant(), candidate).abs()))
                .orElseThrow();
    }
}

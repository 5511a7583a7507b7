package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.server.storage.OriginSettings;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/**
 * The freshness of a stored response, by the rules for a shared cache (RFC 9111, 4.2) and for stale responses (RFC
 * 5861). Depends on nothing but the fields of the response and the times.
 *
 * @param since the time at which the response had its initial age
 * @param initialAge the age of the response when it was received (RFC 9111, 4.2.3)
 * @param explicitLifetime the freshness lifetime that the origin has set, or empty
 * @param whileRevalidate the time after the lifetime for which the response is served while it is validated
 * @param ifError the time after the lifetime for which the response is served if the origin is unavailable, if the
 *     origin has set it
 * @param storable false if the response may not be stored
 * @param mustRevalidate true if the response must never be served stale
 */
record Freshness(
        Instant since,
        Duration initialAge,
        Optional<Duration> explicitLifetime,
        Duration whileRevalidate,
        Optional<Duration> ifError,
        boolean storable,
        boolean mustRevalidate) {
    /** The treatment of a stored response. */
    enum State {
        /** Serves it. */
        FRESH,
        /** Serves it and validates it in the background. */
        STALE_WHILE_REVALIDATE,
        /** Validates it first. */
        STALE
    }

    /**
     * Returns the freshness of a response.
     *
     * @param fields the fields of the response, their names in lower case
     * @param requested the time of the request
     * @param received the time of the response
     */
    static Freshness of(Map<String, String> fields, Instant requested, Instant received) {
        CacheControl control = CacheControl.parse(fields.getOrDefault("cache-control", ""));
        Instant date = date(fields.get("date")).orElse(received);
        Duration apparentAge = max(Duration.between(date, received), Duration.ZERO);
        Duration correctedAge = CacheControl.delta(fields.getOrDefault("age", ""))
                .orElse(Duration.ZERO)
                .plus(max(Duration.between(requested, received), Duration.ZERO));
        boolean never = control.has("no-cache") || "*".equals(fields.get("vary"));
        return new Freshness(
                received,
                max(apparentAge, correctedAge),
                never ? Optional.of(Duration.ZERO) : lifetime(control, fields, date),
                never
                        ? Duration.ZERO
                        : control.seconds("stale-while-revalidate").orElse(Duration.ZERO),
                control.seconds("stale-if-error"),
                !control.has("no-store") && !control.has("private"),
                never || control.has("must-revalidate") || control.has("proxy-revalidate") || control.has("s-maxage"));
    }

    /** Returns the first of s-maxage, max-age and Expires (RFC 9111, 4.2.1). */
    private static Optional<Duration> lifetime(CacheControl control, Map<String, String> fields, Instant date) {
        Optional<Duration> age = control.seconds("s-maxage").or(() -> control.seconds("max-age"));
        if (age.isPresent() || !fields.containsKey("expires")) {
            return age;
        }
        return Optional.of(date(fields.get("expires"))
                .map(expires -> max(Duration.between(date, expires), Duration.ZERO))
                .orElse(Duration.ZERO)); // an invalid date, especially 0, is in the past (RFC 9111, 5.3)
    }

    private static Optional<Instant> date(String text) {
        try {
            return text == null
                    ? Optional.empty()
                    : Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** Returns the current age (RFC 9111, 4.2.3). A clock that was set back does not make a response younger. */
    Duration age(Instant now) {
        return initialAge.plus(max(Duration.between(since, now), Duration.ZERO));
    }

    /** Returns the freshness lifetime. */
    Duration lifetime(OriginSettings settings) {
        return explicitLifetime.orElse(settings.ttl());
    }

    /** Returns what to do with the response. */
    State at(Instant now, OriginSettings settings) {
        Duration stale = age(now).minus(lifetime(settings));
        if (stale.isNegative()) {
            return State.FRESH;
        }
        return !mustRevalidate && stale.compareTo(whileRevalidate) < 0 ? State.STALE_WHILE_REVALIDATE : State.STALE;
    }

    /** Returns whether the response may be served if the origin is unavailable. */
    boolean servesOnError(Instant now, OriginSettings settings) {
        Duration stale = age(now).minus(lifetime(settings));
        return stale.isNegative() || !mustRevalidate && stale.compareTo(ifError.orElse(settings.staleIfError())) < 0;
    }
}

package dev.lockstep.tftp.server.internal.origin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.server.internal.origin.Freshness.State;
import dev.lockstep.tftp.server.storage.OriginSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreshnessTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String DATE = "Sun, 22 Nov 2026 12:00:00 GMT";

    /** A ttl of 60 s, stale-if-error of 24 h. */
    private static final OriginSettings SETTINGS = OriginSettings.DEFAULT;

    private static Freshness of(String... fields) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            all.put(fields[i], fields[i + 1]);
        }
        return Freshness.of(all, NOW, NOW);
    }

    private static State after(long seconds, Freshness freshness) {
        return freshness.at(NOW.plusSeconds(seconds), SETTINGS);
    }

    private static boolean servedOnError(long seconds, Freshness freshness) {
        return freshness.servesOnError(NOW.plusSeconds(seconds), SETTINGS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "max-age=10                    | -                             | 10",
                "MAX-AGE = 10                  | -                             | 10",
                "max-age=\"10\"                | -                             | 10",
                "public, max-age=10, s-maxage=5| -                             | 5",
                "max-age=10                    | Sun, 22 Nov 2026 13:00:00 GMT | 10",
                "-                             | Sun, 22 Nov 2026 12:00:20 GMT | 20",
                "public                        | Sun, 22 Nov 2026 12:00:20 GMT | 20",
                "-                             | Sun, 22 Nov 2026 11:00:00 GMT | 0",
                "-                             | 0                             | 0",
                "max-age=0                     | -                             | 0",
                "no-cache, max-age=100         | -                             | 0",
                "max-age=ten                   | -                             | 60",
                "-                             | -                             | 60",
                "max-age=99999999999999999999  | -                             | 2147483648"
            })
    void the_lifetime_is_that_of_the_first_of_cache_control_expires_and_the_ttl(
            String cacheControl, String expires, long seconds) {
        Map<String, String> fields = new HashMap<>(Map.of("date", DATE));
        if (cacheControl != null) {
            fields.put("cache-control", cacheControl);
        }
        if (expires != null) {
            fields.put("expires", expires);
        }
        Freshness freshness = Freshness.of(fields, NOW, NOW);
        assertThat(freshness.lifetime(SETTINGS)).isEqualTo(Duration.ofSeconds(seconds));
        assertThat(after(seconds, freshness)).isNotEqualTo(State.FRESH);
        if (seconds > 0) {
            assertThat(after(seconds - 1, freshness)).isEqualTo(State.FRESH);
        }
    }

    @Test
    void the_age_counts_caches_on_the_way_and_the_time_of_the_response() {
        Map<String, String> fields = Map.of("age", "7", "cache-control", "max-age=10", "date", DATE);
        Freshness freshness = Freshness.of(fields, NOW.minusSeconds(1), NOW);
        assertThat(freshness.age(NOW)).isEqualTo(Duration.ofSeconds(8));
        assertThat(after(1, freshness)).isEqualTo(State.FRESH);
        assertThat(after(2, freshness)).isEqualTo(State.STALE);
    }

    @Test
    void an_old_date_makes_a_response_older_and_a_clock_that_was_set_back_does_not_make_it_younger() {
        Freshness freshness = of("date", "Sun, 22 Nov 2026 11:59:55 GMT", "cache-control", "max-age=10");
        assertThat(freshness.age(NOW)).isEqualTo(Duration.ofSeconds(5));
        assertThat(freshness.age(NOW.minusSeconds(100))).isEqualTo(Duration.ofSeconds(5));
        assertThat(of("date", "Sun, 22 Nov 2026 12:59:55 GMT").age(NOW)).isZero();
    }

    @Test
    void a_stale_response_is_served_while_it_is_validated_if_the_origin_allows_it() {
        Freshness freshness = of("cache-control", "max-age=10, stale-while-revalidate=30");
        assertThat(after(9, freshness)).isEqualTo(State.FRESH);
        assertThat(after(10, freshness)).isEqualTo(State.STALE_WHILE_REVALIDATE);
        assertThat(after(39, freshness)).isEqualTo(State.STALE_WHILE_REVALIDATE);
        assertThat(after(40, freshness)).isEqualTo(State.STALE);
        assertThat(after(10, of("cache-control", "max-age=10, stale-while-revalidate=30, must-revalidate")))
                .isEqualTo(State.STALE);
    }

    @Test
    void a_stale_response_is_served_on_error_for_24_hours_or_as_long_as_the_origin_says() {
        assertThat(servedOnError(60 + 24 * 3600 - 1, of())).isTrue();
        assertThat(servedOnError(60 + 24 * 3600, of())).isFalse();
        Freshness limited = of("cache-control", "max-age=10, stale-if-error=20");
        assertThat(servedOnError(29, limited)).isTrue();
        assertThat(servedOnError(30, limited)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"no-cache", "must-revalidate", "proxy-revalidate", "s-maxage=0"})
    void a_response_that_must_be_validated_is_never_served_stale(String directive) {
        Freshness freshness = of("cache-control", directive);
        assertThat(servedOnError(61, freshness)).isFalse();
    }

    @Test
    void no_store_and_private_responses_are_not_stored() {
        assertThat(of("cache-control", "no-store").storable()).isFalse();
        assertThat(of("cache-control", "max-age=60, private").storable()).isFalse();
        assertThat(of("cache-control", "x=\"no-store, private\", max-age=60").storable())
                .isTrue();
        assertThat(of().storable()).isTrue();
    }

    @Test
    void a_response_that_varies_by_everything_is_validated_each_time() {
        assertThat(after(0, of("vary", "*", "cache-control", "max-age=60"))).isEqualTo(State.STALE);
        assertThat(after(0, of("vary", "Accept-Encoding", "cache-control", "max-age=60")))
                .isEqualTo(State.FRESH);
    }
}

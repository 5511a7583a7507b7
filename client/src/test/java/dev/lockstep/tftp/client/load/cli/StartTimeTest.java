package dev.lockstep.tftp.client.load.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZonedDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartTimeTest {
    private static final ZonedDateTime NOW = ZonedDateTime.parse("2026-12-01T23:58:30+01:00[Europe/Berlin]");

    @ParameterizedTest
    @CsvSource({
        "2026-12-02T09:30:00Z, 2026-12-02T09:30:00Z",
        "2026-12-02T09:30:00.5+01:00, 2026-12-02T08:30:00.500Z",
        "23:59, 2026-12-01T22:59:00Z",
        "23:58:40, 2026-12-01T22:58:40Z",
        "00:05, 2026-12-01T23:05:00Z",
        "+90, 2026-12-01T23:00:00Z",
        "+0.25, 2026-12-01T22:58:30.250Z",
        "1796172000, 2026-12-02T00:40:00Z"
    })
    void a_time_to_come_is_accepted(String text, Instant expected) {
        assertThat(StartTime.parse(text, NOW)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-12-01T22:58:29Z", "23:58", "12:30", "1796164000", "2028-01-01T00:00:00Z"})
    void a_time_in_the_past_or_years_ahead_is_rejected(String text) {
        assertThatThrownBy(() -> StartTime.parse(text, NOW))
                .hasMessageStartingWith(text + ": ")
                .hasMessageEndingWith(" (expected: a time to come, now is 2026-12-01T22:58:30Z)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "+", "-5", "24:00", "9:30", "09:60", "2026-12-02", "2026-12-02T09:30:00", "12345"})
    void any_other_text_is_rejected_with_what_was_expected(String text) {
        assertThatThrownBy(() -> StartTime.parse(text, NOW))
                .hasMessage(text + " (expected: 2026-12-01T09:30:00Z, HH:MM[:SS], +SECONDS or seconds since 1970)");
    }
}

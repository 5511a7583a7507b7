package dev.lockstep.tftp.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.negotiation.TransferSettings;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferSummaryTest {
    private record Stats(
            long bytes, long blocks, long resends, long duplicates, long malformed, long elapsed, long firstByteAfter)
            implements TransferStats {
        @Override
        public long elapsed(long now) {
            return elapsed;
        }
    }

    private static TransferStats stats(long bytes, long millis, long resends) {
        return new Stats(bytes, 0, resends, 0, 0, millis * 1_000_000, -1);
    }

    @Test
    void a_summary_has_bytes_seconds_and_rate() {
        assertThat(TransferSummary.of(stats(1942, 13, 0))).isEqualTo("1942 bytes in 0.013 s, 149.4 kB/s");
        assertThat(TransferSummary.of(stats(0, 0, 0))).isEqualTo("0 bytes in 0.000 s, 0.0 B/s");
        assertThat(TransferSummary.of(stats(5_000_000_000L, 2000, 0)))
                .isEqualTo("5000000000 bytes in 2.000 s, 2.5 GB/s");
    }

    @Test
    void the_long_summary_adds_the_settings() {
        TransferSettings settings = TransferSettings.builder()
                .blksize(1428)
                .windowsize(64)
                .tsize(1942)
                .build();
        assertThat(TransferSummary.of(stats(1942, 13, 3), settings))
                .isEqualTo("1942 bytes in 0.013 s, 149.4 kB/s, blksize 1428, windowsize 64, resends 3");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 0.0 B/s",
        "999, 1, 999.0 B/s",
        "1000, 1, 1.0 kB/s",
        "1500000, 1, 1.5 MB/s",
        "1000000000, 0.5, 2.0 GB/s",
        "9000000000000, 1, 9000.0 GB/s",
        "77, 0, 0.0 B/s",
    })
    void a_rate_has_a_unit_that_fits(long bytes, double seconds, String rate) {
        assertThat(TransferSummary.rate(bytes, seconds)).isEqualTo(rate);
    }

    @Test
    void the_default_locale_does_not_matter() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(TransferSummary.rate(1500, 1)).isEqualTo("1.5 kB/s");
        } finally {
            Locale.setDefault(before);
        }
    }
}

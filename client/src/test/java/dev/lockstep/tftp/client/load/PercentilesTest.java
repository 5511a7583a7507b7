package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.HdrHistogram.ConcurrentHistogram;
import org.junit.jupiter.api.Test;

class PercentilesTest {
    /** A histogram that records a value whenever its count is read, like a concurrent event loop. */
    private static final class BusyHistogram extends ConcurrentHistogram {
        private static final long serialVersionUID = 1;

        private boolean busy;

        BusyHistogram() {
            super(3);
            busy = true;
        }

        @Override
        public long getTotalCount() {
            if (busy) { // not yet in the constructor
                recordValue(1_000_000);
            }
            return super.getTotalCount();
        }
    }

    @Test
    void percentiles_can_be_computed_while_event_loops_record() {
        BusyHistogram live = new BusyHistogram();
        live.recordValue(1_000_000);
        Percentiles percentiles = Percentiles.of(live);
        assertThat(percentiles.p50()).isBetween(0.9, 1.1);
        assertThat(percentiles.buckets()).hasSize(1);
        assertThat(percentiles.buckets().get(0).count()).isEqualTo(percentiles.count());
    }

    @Test
    void without_times_there_are_no_figures() {
        Percentiles none = Percentiles.of(new ConcurrentHistogram(3));
        assertThat(none.count()).isZero();
        assertThat(none.figures().values()).hasSize(8).allMatch(value -> value.isNaN());
        assertThat(none.buckets()).isEmpty();
    }

    @Test
    void the_figures_have_the_names_of_the_reports() {
        ConcurrentHistogram times = new ConcurrentHistogram(3);
        for (int millis = 1; millis <= 100; millis++) {
            times.recordValue(millis * 1_000_000L);
        }
        Map<String, Double> figures = Percentiles.of(times).figures();
        assertThat(figures.keySet()).containsExactly("min", "mean", "p50", "p90", "p95", "p99", "p99.9", "max");
        assertThat(figures.get("min")).isEqualTo(1, within(0.01));
        assertThat(figures.get("mean")).isEqualTo(50.5, within(0.1));
        assertThat(figures.get("p95")).isEqualTo(95, within(0.1));
        assertThat(figures.get("max")).isEqualTo(100, within(0.1));
    }
}

package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;

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
}

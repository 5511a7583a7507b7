package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private final LoadMetrics metrics = new LoadMetrics(new Failures(), 1);
    private final Timeline timeline = new Timeline(metrics, 0);

    @Test
    void a_sample_covers_the_time_since_the_previous_one() {
        metrics.bytes.add(1000);
        timeline.poll(TimeUnit.MILLISECONDS.toNanos(100));
        metrics.bytes.add(500);
        List<TransferSample> samples = timeline.end(TimeUnit.MILLISECONDS.toNanos(200));
        assertThat(samples).extracting(TransferSample::bytesPerSecond).containsExactly(10_000.0, 5_000.0);
        assertThat(samples).extracting(TransferSample::second).containsExactly(0.1, 0.2);
    }

    @Test
    void a_sample_has_the_latency_of_the_transfers_completed_in_it() {
        complete(10);
        complete(30);
        timeline.poll(TimeUnit.MILLISECONDS.toNanos(100));
        timeline.poll(TimeUnit.MILLISECONDS.toNanos(200));
        complete(70);
        List<TransferSample> samples = timeline.end(TimeUnit.MILLISECONDS.toNanos(300));
        assertThat(samples).hasSize(3);
        assertThat(samples.get(0).latencyMillis(50)).isEqualTo(10, within(0.2));
        assertThat(samples.get(0).latencyMillis(99)).isEqualTo(30, within(0.5));
        assertThat(samples.get(1).latencyMillis(99)).as("nothing completed").isNaN();
        assertThat(samples.get(2).latencyMillis(50)).isEqualTo(70, within(1.0));
    }

    @Test
    void half_a_second_has_enough_samples_to_show_a_shape() {
        assertThat(samplesOfHalfASecond(20)).hasSize(50);
    }

    @Test
    void samples_of_few_transfers_are_combined() {
        List<TransferSample> samples = samplesOfHalfASecond(2);
        assertThat(samples).hasSize(25).allMatch(sample -> sample.completed() == 4);
    }

    private List<TransferSample> samplesOfHalfASecond(int transfersPerPoll) {
        for (int i = 1; i <= 50; i++) {
            for (int n = 0; n < transfersPerPoll; n++) {
                complete(5);
            }
            timeline.poll(TimeUnit.MILLISECONDS.toNanos(10L * i));
        }
        return timeline.end(TimeUnit.MILLISECONDS.toNanos(503));
    }

    @Test
    void a_long_run_keeps_few_samples_and_all_bytes_and_latencies() {
        int polls = 360_000; // an hour
        for (int i = 1; i <= polls; i++) {
            metrics.bytes.add(7);
            if (i % 1000 == 0) {
                complete(20);
            }
            timeline.poll(TimeUnit.MILLISECONDS.toNanos(10L * i));
        }
        List<TransferSample> samples = timeline.end(TimeUnit.HOURS.toNanos(1));
        assertThat(samples.size()).isBetween(20, 120);
        assertThat(samples.stream().mapToLong(TransferSample::bytes).sum()).isEqualTo(7L * polls);
        assertThat(samples.stream()
                        .mapToLong(sample -> sample.latency().getTotalCount())
                        .sum())
                .isEqualTo(360);
        assertThat(samples.get(0).length()).isEqualTo(163.84, within(1e-6));
    }

    private void complete(long millis) {
        metrics.complete(0, TimeUnit.MILLISECONDS.toNanos(millis), -1);
    }
}

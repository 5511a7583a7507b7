package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private final LoadMetrics metrics = new LoadMetrics(new Failures());
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
    void a_long_run_keeps_few_samples_and_all_bytes() {
        int polls = 36_000; // an hour
        for (int i = 1; i <= polls; i++) {
            metrics.bytes.add(7);
            timeline.poll(TimeUnit.MILLISECONDS.toNanos(100L * i));
        }
        List<TransferSample> samples = timeline.end(TimeUnit.HOURS.toNanos(1));
        assertThat(samples.size()).isLessThanOrEqualTo(600);
        assertThat(samples.stream().mapToLong(TransferSample::bytes).sum()).isEqualTo(7L * polls);
        assertThat(samples.get(0).length()).isEqualTo(10, within(1e-6));
    }
}

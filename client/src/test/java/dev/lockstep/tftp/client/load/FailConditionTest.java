package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailConditionTest {
    private final Failures failures = new Failures();
    private final LoadMetrics metrics = new LoadMetrics(failures, 1);

    private LoadResult result() {
        LoadPlan plan = new LoadPlan(
                List.of(Target.parse("tftp://127.0.0.1/f", TransferMode.OCTET)),
                new LoadSchedule(1, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, 1),
                -1,
                Optional.empty(),
                Optional.empty(),
                LinkImpairment.NONE);
        return LoadResult.of(
                plan, metrics, failures, List.of(), TimeUnit.SECONDS.toNanos(10), new LoadResult.WarmUp(0, 0, 0, 0), 0);
    }

    private static long millis(long value) {
        return TimeUnit.MILLISECONDS.toNanos(value);
    }

    /** 99 complete transfers of 1 to 99 ms, first bytes of 5 ms, and a failure, in 10 s. */
    @ParameterizedTest
    @CsvSource({
        "p99>90ms, true, 99.02 ms",
        "p99>200ms, false, 99.02 ms",
        "P99.9 >= 0.2s, false, 99.02 ms",
        "max<100ms, true, 99.02 ms",
        "min<900us, false, 1.00 ms",
        "first-byte-p50>5ms, true, 5.00 ms",
        "first-byte-max>6ms, false, 5.00 ms",
        "failures>0, true, 1",
        "failures>=2, false, 1",
        "failures>0.5%, true, 1.00 %",
        "failures > 1 %, false, 1.00 %",
        "rate<10, true, 9.9/s",
        "rate<=9.9/s, true, 9.9/s",
        "rate<9, false, 9.9/s"
    })
    void a_condition_compares_one_figure_with_its_limit(String text, boolean holds, String value) {
        for (int i = 1; i < 100; i++) {
            metrics.complete(0, millis(i), millis(5));
        }
        metrics.failed(0, "f", new IllegalStateException("no"));
        FailCondition condition = FailCondition.parse(text);
        assertThat(condition.holdsFor(result())).isEqualTo(holds);
        assertThat(condition.describe(condition.valueIn(result()))).isEqualTo(value);
        assertThat(condition.text()).isEqualTo(text);
    }

    @Test
    void without_a_complete_transfer_a_condition_on_times_holds() {
        assertThat(FailCondition.parse("p99>1s").holdsFor(result())).isTrue();
        assertThat(FailCondition.parse("failures>0").holdsFor(result())).isFalse();
        assertThat(FailCondition.parse("rate<1").holdsFor(result())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"p99", "p99>200", "p98>1ms", "p99>200kg", "p99=1ms", "failures>1ms", "rate<-1", "rate<1%", ""})
    void any_other_text_is_rejected_with_what_was_expected(String text) {
        assertThatThrownBy(() -> FailCondition.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(text + " (expected: such as p99>200ms");
    }
}

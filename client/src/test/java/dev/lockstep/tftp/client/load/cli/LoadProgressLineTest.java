package dev.lockstep.tftp.client.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.load.LoadProgress;
import org.junit.jupiter.api.Test;

class LoadProgressLineTest {
    private final LoadProgressLine line = LoadProgressLine.onTerminal(true, 1000);

    @Test
    void the_forms_of_the_line_fit_120_80_60_and_40_columns() {
        LoadProgress before = new LoadProgress(false, 11, 100, 300, 1, 1_000_000, 10);
        LoadProgress now = new LoadProgress(false, 12, 416, 350, 2, 4_200_000, 12.34);
        assertThat(line.forms(before, now))
                .containsExactly(
                        "12 s  350 of 1000 complete, 2 failed, 64 running  50/s  3.2 MB/s  p99 12.3 ms",
                        "12 s  350 of 1000 complete, 2 failed  50/s  3.2 MB/s  p99 12.3 ms",
                        "350 of 1000 complete, 2 failed  50/s  p99 12.3 ms",
                        "350 of 1000, 2 failed  50/s",
                        "350 of 1000");
    }

    @Test
    void a_warm_up_and_a_duration_have_no_goal() {
        LoadProgress now = new LoadProgress(true, 2, 70, 6, 0, 0, 1);
        assertThat(line.forms(LoadProgress.NONE, now)[0])
                .isEqualTo("warm-up 2 s  6 complete, 0 failed, 64 running  3/s  0.0 B/s  p99 1.0 ms");
    }
}

package dev.lockstep.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.transfer.ModelCheck.Plan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Runs each schedule with two faults. {@code -Dmodel.faults=3} takes minutes. */
class ModelCheckTest {
    private static final int FAULTS = Integer.getInteger("model.faults", 2);
    /**
     * File sizes: an empty file, and one to four blocks, of which the last is short, or full and followed by an empty
     * one.
     */
    private static final int[] SIZES = {0, 5, 8, 13, 16, 21, 24, 29, 32};

    private static List<Plan> plans() {
        List<Plan> plans = new ArrayList<>();
        for (int windowsize = 1; windowsize <= 4; windowsize++) {
            for (int opening = 0; opening < 4; opening++) {
                boolean read = opening < 2;
                boolean oack = opening % 2 == 1;
                for (int size : SIZES) {
                    plans.add(new Plan(read, oack, size, windowsize, 0, 0, 0));
                }
                for (int size : new int[] {5, 16, 29}) {
                    plans.add(new Plan(read, oack, size, windowsize, 1, 0, 0));
                }
            }
            for (int before = 65_532; before <= 65_535; before++) {
                plans.add(new Plan(true, false, 29, windowsize, 0, before, 0));
                plans.add(new Plan(true, false, 29, windowsize, 0, before, 1));
            }
        }
        return plans;
    }

    /** Replays a former violation: an ACK is delayed for lack of room, in the window that a late block completes. */
    @Test
    @Tag("case-35")
    void case35_a_delayed_ack_waits_for_the_durable_file() {
        ModelCheck.replay(new Plan(true, false, 24, 2, 0, 0, 0), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 1);
    }

    @Test
    void each_schedule_with_few_faults_stores_the_file_or_fails_on_both_sides(TestReporter reporter) {
        long schedules = plans().parallelStream()
                .mapToLong(plan -> ModelCheck.explore(plan, FAULTS))
                .sum();
        reporter.publishEntry("schedules with at most " + FAULTS + " faults", Long.toString(schedules));
        assertThat(schedules).isGreaterThanOrEqualTo(400_000);
    }
}

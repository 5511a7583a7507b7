package dev.lockstep.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.testing.impairment.NetworkImpairment;
import dev.lockstep.tftp.transfer.BadLink.Delay;
import dev.lockstep.tftp.transfer.BadLink.Plan;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs transfers over a network without loss whose delay changes. Few blocks may be retransmitted. */
class ChangingDelayTest {
    private static final long MILLI = 1_000_000;
    private static final long QUICK = MILLI / 20;
    private static final int SEEDS = 2;

    /**
     * Returns the number of blocks of a transfer: few in lock-step, many with large windows, as in the transfer of a
     * boot file.
     */
    private static int blocksFor(int window) {
        return window == 1 ? 400 : window == 4 ? 2_000 : 10_000;
    }

    /** Returns the maximum number of needless retransmissions in a get and a put with the given delays. */
    private static long needless(int window, int blocks, Delay data, Delay replies) {
        long worst = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (boolean read : new boolean[] {true, false}) {
                BadLink link =
                        new BadLink(new Plan(read, true, 512, window, blocks * 512 - 1, NetworkImpairment.CLEAR), seed);
                link.delayOfData = data;
                link.delayOfReplies = replies;
                assertThat(link.run()).as("seed %d, read %b", seed, read).isNull();
                worst = Math.max(worst, link.dataSent - blocks);
            }
        }
        return worst;
    }

    private static void assertFewNeedless(int window, Delay data, Delay replies) {
        int blocks = blocksFor(window);
        assertThat(needless(window, blocks, data, replies)).isLessThanOrEqualTo(blocks / 20);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 64})
    void a_step_of_the_delay_causes_few_needless_retransmissions(int window) {
        for (long millis = 10; millis <= 500; millis += window == 64 ? 70 : millis < 100 ? 15 : 50) {
            long after = millis * MILLI;
            Delay step = now -> now < MILLI ? QUICK : after;
            assertFewNeedless(window, step, now -> QUICK);
            assertFewNeedless(window, now -> QUICK, step);
            Delay half = now -> now < 8 * MILLI ? MILLI : after / 2;
            assertFewNeedless(window, half, half);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 500", "1, 1000", "1, 5000", "4, 500", "4, 1000", "4, 5000", "64, 500", "64, 1000", "64, 5000"})
    void a_ramp_of_the_delay_causes_few_needless_retransmissions(int window, long rampMillis) {
        for (long millis = 50; millis <= 500; millis += window == 64 ? 150 : 50) {
            long top = millis * MILLI;
            Delay ramp = now -> Math.max(QUICK, Math.min(top, top / rampMillis * (now / MILLI)));
            assertFewNeedless(window, ramp, now -> QUICK);
            assertFewNeedless(window, now -> QUICK, ramp);
        }
    }

    /** The queue of a slow link fills with the datagrams of the transfer, and drains again. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4, 64})
    void a_queue_that_fills_and_drains_causes_few_needless_retransmissions(int window) {
        Delay sawtooth = now -> QUICK + now % (2_000 * MILLI) / 4;
        assertFewNeedless(window, sawtooth, now -> QUICK);
    }

    @ParameterizedTest
    @ValueSource(longs = {15, 30, 45, 60, 100, 150, 200})
    void a_client_that_pauses_after_each_sixteenth_block_gets_few_needless_retransmissions(long millis) {
        long[] acks = new long[1];
        Delay writes = now -> acks[0]++ % 16 == 0 ? millis * MILLI : QUICK;
        assertFewNeedless(1, now -> QUICK, writes);
    }

    @ParameterizedTest
    @CsvSource({"1, 64", "4, 256", "64, 5000"})
    void random_pauses_of_the_link_cause_few_needless_retransmissions(int window, int every) {
        SplittableRandom random = new SplittableRandom(7);
        Delay pauses = now -> random.nextInt(every) == 0 ? random.nextLong(30, 100) * MILLI : MILLI;
        assertFewNeedless(window, pauses, now -> MILLI);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void when_the_round_trip_grows_from_2_to_100_ms_two_hundred_blocks_take_at_most_a_fifth_more(int window) {
        Delay step = now -> now < 20 * MILLI ? MILLI : 50 * MILLI;
        assertThat(needless(window, 200, step, step)).isLessThanOrEqualTo(40);
    }

    @ParameterizedTest
    @CsvSource({"4, 50", "4, 200", "64, 50", "64, 200"})
    void one_datagram_late_by_one_place_costs_at_most_one_window(int window, long rttMillis) {
        NetworkImpairment delayed = NetworkImpairment.CLEAR.withDelay(Duration.ofMillis(rttMillis / 2), Duration.ZERO);
        for (long late = 1; late < 2_000; late += 37) {
            for (boolean read : new boolean[] {true, false}) {
                BadLink link = new BadLink(new Plan(read, true, 512, window, 2_000 * 512 - 1, delayed), late);
                link.lateData = late;
                assertThat(link.run()).as("late %d", late).isNull();
                assertThat(link.dataSent - 2_000).as("late %d", late).isLessThanOrEqualTo(window + 1);
            }
        }
    }
}

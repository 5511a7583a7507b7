package dev.lockstep.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.testing.impairment.NetworkImpairment;
import dev.lockstep.tftp.transfer.BadLink.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs thousands of transfers over a network that drops, duplicates and reorders datagrams. A failure prints the seed
 * that reproduces it.
 */
class BadLinkTest {
    private static final int[] BLKSIZES = {8, 9, 16, 512};
    private static final int[] WINDOWS = {1, 1, 2, 3, 4, 8, 16, 64};
    private static final long MILLI = Duration.ofMillis(1).toNanos();

    private static NetworkImpairment anyImpairment(SplittableRandom random) {
        long jitter = random.nextLong(25 * MILLI);
        long delay = jitter + random.nextLong(MILLI / 100, 100 * MILLI);
        return NetworkImpairment.CLEAR
                .withLoss(random.nextDouble(0.25))
                .withDuplication(random.nextDouble(0.25))
                .withReordering(random.nextDouble(0.25))
                .withSwapping(random.nextBoolean() ? random.nextDouble(0.25) : 0)
                .withDelay(Duration.ofNanos(delay), Duration.ofNanos(jitter));
    }

    private static NetworkImpairment delayed(long nanos) {
        return NetworkImpairment.CLEAR.withDelay(Duration.ofNanos(nanos), Duration.ZERO);
    }

    private static Plan anyPlan(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int blksize = BLKSIZES[random.nextInt(BLKSIZES.length)];
        int window = WINDOWS[random.nextInt(WINDOWS.length)];
        int blocks = random.nextInt(3 * Math.max(4, window));
        int size = Math.max(
                0, blocks * blksize + random.nextInt(-1, 2)); // a multiple of the block size, one less or one more
        boolean options = blksize != 512 || window != 1 || random.nextBoolean();
        return new Plan(random.nextBoolean(), options, blksize, window, size, anyImpairment(random));
    }

    private static void run(Plan plan, long seed) {
        assertThat(new BadLink(plan, seed).run()).as("seed %d: %s", seed, plan).isNull();
    }

    @Test
    void twenty_thousand_random_transfers_are_complete() {
        for (long seed = 1; seed <= 20_000; seed++) {
            run(anyPlan(seed), seed);
        }
    }

    /** The times are virtual, so they are the same on each machine. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void with_20_percent_loss_three_of_four_transfers_of_1_MiB_take_at_most_three_seconds(boolean read) {
        NetworkImpairment lossy = delayed(MILLI / 5).withLoss(0.2);
        List<Long> times = new ArrayList<>();
        for (long seed = 1; seed <= 100; seed++) {
            BadLink link = new BadLink(new Plan(read, true, 1428, 64, 1 << 20, lossy), seed);
            assertThat(link.run()).as("seed %d", seed).isNull();
            times.add(link.endedAt / MILLI);
        }
        Collections.sort(times);
        assertThat(times.get(50)).as("median of %s ms", times).isLessThan(1500);
        assertThat(times.get(75)).as("three in four of %s ms", times).isLessThan(3000);
    }

    @Test
    @Tag("case-9")
    @Tag("case-10")
    void case09_and_10_transfers_of_more_than_65535_blocks_are_complete() {
        for (long seed = 1; seed <= 24; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int window = WINDOWS[(int) seed % WINDOWS.length];
            int size = 8 * (65_530 + random.nextInt(20)) + random.nextInt(8);
            NetworkImpairment slight = NetworkImpairment.CLEAR
                    .withDelay(Duration.ofNanos(3 * MILLI / 20), Duration.ofNanos(MILLI / 20))
                    .withLoss(0.01)
                    .withDuplication(0.01)
                    .withReordering(0.01)
                    .withSwapping(0.01);
            run(new Plan(seed % 2 == 0, true, 8, window, size, slight), seed);
        }
    }

    @Test
    void a_network_that_loses_all_datagrams_fails_each_transfer() {
        for (boolean read : new boolean[] {true, false}) {
            BadLink link = new BadLink(
                    new Plan(read, true, 512, 4, 5000, delayed(MILLI).withLoss(1)), 1);
            assertThat(link.run()).startsWith("receiver: ");
        }
    }

    @Test
    void without_impairment_no_datagram_is_retransmitted() {
        for (int window : WINDOWS) {
            int blocks = 640;
            BadLink link = new BadLink(new Plan(true, true, 512, window, blocks * 512 - 1, delayed(MILLI)), 1);
            assertThat(link.run()).isNull();
            int acks = (blocks + window - 1) / window;
            assertThat(link.datagrams).as("window %d", window).isEqualTo(1 + 1 + blocks + acks);
        }
    }
}

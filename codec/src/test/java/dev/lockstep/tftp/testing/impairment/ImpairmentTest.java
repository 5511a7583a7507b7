package dev.lockstep.tftp.testing.impairment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Tests the impairment of one direction in virtual time. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ImpairmentTest {
    private static final int MANY = 2000;
    private static final byte[] DATAGRAM = new byte[104];

    static {
        new SplittableRandom(1).nextBytes(DATAGRAM);
    }

    private final DatagramCounter counter = new DatagramCounter();

    private record Left(byte[] datagram, long moment) {}

    /** Passes equal datagrams that all arrive at the moment 0. */
    private List<Left> through(NetworkImpairment settings, long seed, int count, byte[] datagram) {
        Impairment impairment = new Impairment(settings, seed, counter);
        List<Left> left = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            impairment.enter(datagram, 0, (what, moment) -> left.add(new Left(what, moment)));
        }
        return left;
    }

    private List<Left> through(NetworkImpairment settings) {
        return through(settings, 1, MANY, DATAGRAM);
    }

    @Test
    void without_impairment_all_datagrams_leave_at_once_and_unchanged() {
        assertThat(through(NetworkImpairment.CLEAR)).hasSize(MANY).allSatisfy(each -> {
            assertThat(each.datagram).isEqualTo(DATAGRAM);
            assertThat(each.moment).isZero();
        });
    }

    @Test
    void datagrams_are_lost_at_the_given_rate() {
        assertThat(through(NetworkImpairment.CLEAR.withLoss(0.2)).size()).isBetween(MANY * 75 / 100, MANY * 85 / 100);
        assertThat(through(NetworkImpairment.CLEAR.withLoss(1))).isEmpty();
    }

    @Test
    void datagrams_are_duplicated_at_the_given_rate() {
        assertThat(through(NetworkImpairment.CLEAR.withDuplication(0.2)).size())
                .isBetween(MANY * 115 / 100, MANY * 125 / 100);
    }

    @Test
    void loss_and_duplication_of_one_datagram_cancel_out() {
        assertThat(through(NetworkImpairment.CLEAR.withLoss(1).withDuplication(1)))
                .hasSize(MANY);
    }

    @Test
    void the_delay_is_spread_evenly_within_the_jitter() {
        List<Left> left = through(NetworkImpairment.CLEAR.withDelay(Duration.ofMillis(100), Duration.ofMillis(50)));
        assertThat(left).allSatisfy(each -> assertThat(each.moment).isBetween(50_000_000L, 150_000_000L));
        long early = left.stream().filter(each -> each.moment < 75_000_000L).count();
        assertThat(early).isBetween(MANY * 20L / 100, MANY * 30L / 100);
    }

    @Test
    void reordered_datagrams_overtake_delayed_ones() {
        NetworkImpairment settings = NetworkImpairment.CLEAR
                .withDelay(Duration.ofMillis(100), Duration.ZERO)
                .withReordering(0.2);
        long overtook =
                through(settings).stream().filter(each -> each.moment == 0).count();
        assertThat(overtook).isBetween(MANY * 15L / 100, MANY * 25L / 100);
    }

    @Test
    void a_swapped_datagram_leaves_right_after_the_next_one() {
        Impairment impairment = new Impairment(NetworkImpairment.CLEAR.withSwapping(0.2), 1, counter);
        List<Integer> left = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            int number = i;
            impairment.enter(DATAGRAM, 0, (what, moment) -> left.add(number));
        }
        int swapped = 0;
        for (int i = 0; i + 1 < left.size(); i++) {
            if (left.get(i) > left.get(i + 1)) {
                assertThat(left.get(i)).isEqualTo(left.get(i + 1) + 1);
                swapped++;
            }
        }
        assertThat(swapped).isBetween(MANY * 12 / 100, MANY * 25 / 100);
        assertThat(left.size()).isGreaterThanOrEqualTo(MANY - 1);
    }

    @Test
    void a_swapped_datagram_without_a_successor_leaves_after_a_short_wait() {
        List<Left> left = new ArrayList<>();
        List<Runnable> later = new ArrayList<>();
        Impairment.Exit exit = new Impairment.Exit() {
            @Override
            public void leave(byte[] datagram, long moment) {
                left.add(new Left(datagram, moment));
            }

            @Override
            public void later(long moment, Runnable action) {
                later.add(action);
            }
        };
        Impairment impairment = new Impairment(NetworkImpairment.CLEAR.withSwapping(1), 1, counter);
        impairment.enter(DATAGRAM, 0, exit);
        assertThat(left).isEmpty();
        later.get(0).run();
        later.get(0).run();
        assertThat(left).containsExactly(new Left(DATAGRAM, Impairment.LONGEST_SWAP));
    }

    @Test
    void a_corrupted_datagram_has_one_bit_inverted() {
        BitSet turned = new BitSet();
        assertThat(through(NetworkImpairment.CLEAR.withDamage(1, 0))).allSatisfy(each -> {
            BitSet difference = BitSet.valueOf(each.datagram);
            difference.xor(BitSet.valueOf(DATAGRAM));
            assertThat(each.datagram).hasSameSizeAs(DATAGRAM);
            assertThat(difference.cardinality()).isEqualTo(1);
            turned.or(difference);
        });
        assertThat(turned.cardinality()).isGreaterThan(8 * DATAGRAM.length * 80 / 100); // at any place
    }

    @Test
    void a_truncated_datagram_has_lost_its_end() {
        BitSet lengths = new BitSet();
        assertThat(through(NetworkImpairment.CLEAR.withDamage(0, 1))).allSatisfy(each -> {
            assertThat(each.datagram.length).isLessThan(DATAGRAM.length);
            assertThat(each.datagram).isEqualTo(Arrays.copyOf(DATAGRAM, each.datagram.length));
            lengths.set(each.datagram.length);
        });
        assertThat(lengths.cardinality()).isEqualTo(DATAGRAM.length);
    }

    @Test
    void a_datagram_longer_than_the_mtu_with_its_headers_is_dropped() {
        NetworkImpairment narrow = NetworkImpairment.CLEAR.withMtu(576);
        assertThat(through(narrow, 1, 1, new byte[576 - 20 - 8])).hasSize(1);
        assertThat(through(narrow, 1, 1, new byte[576 - 20 - 8 + 1])).isEmpty();
        assertThat(counter.tooLong).isEqualTo(1);
    }

    @Test
    void the_same_seed_gives_the_same_decisions_and_another_seed_gives_others() {
        List<Long> first = moments(NetworkImpairment.CLASSIC, 7);
        assertThat(moments(NetworkImpairment.CLASSIC, 7)).isEqualTo(first);
        assertThat(moments(NetworkImpairment.CLASSIC, 8)).isNotEqualTo(first);
    }

    private List<Long> moments(NetworkImpairment settings, long seed) {
        return through(settings, seed, 100, DATAGRAM).stream().map(Left::moment).toList();
    }

    @Test
    void all_received_datagrams_are_accounted_for() {
        int left = through(NetworkImpairment.CLASSIC.withDamage(0.1, 0.1)).size();
        assertThat(counter.received).isEqualTo(MANY);
        assertThat(left).isEqualTo((int) (counter.received - counter.lost + counter.duplicated));
    }
}

package dev.lockstep.tftp.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What becomes of the datagrams of one direction, in virtual time. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ImpairmentTest {
    private static final int MANY = 2000;
    private static final byte[] DATAGRAM = Bytes.data(7, Bytes.pattern(100));

    private final DatagramCounter tally = new DatagramCounter();

    private record Left(byte[] datagram, long moment) {}

    /** Datagrams that came at the moment 0. */
    private List<Left> through(NetworkImpairment weather, long seed, int count, byte[] datagram) {
        Impairment impairment = new Impairment(weather, seed, tally);
        List<Left> left = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            impairment.enter(datagram, 0, (what, moment) -> left.add(new Left(what, moment)));
        }
        return left;
    }

    private List<Left> through(NetworkImpairment weather) {
        return through(weather, 1, MANY, DATAGRAM);
    }

    @Test
    void in_clear_weather_all_leave_at_once_as_they_came() {
        assertThat(through(NetworkImpairment.CLEAR)).hasSize(MANY).allSatisfy(each -> {
            assertThat(each.datagram).isEqualTo(DATAGRAM);
            assertThat(each.moment).isZero();
        });
    }

    @Test
    void a_share_is_lost() {
        assertThat(through(NetworkImpairment.CLEAR.withLoss(0.2)).size()).isBetween(MANY * 75 / 100, MANY * 85 / 100);
        assertThat(through(NetworkImpairment.CLEAR.withLoss(1))).isEmpty();
    }

    @Test
    void a_share_comes_twice() {
        assertThat(through(NetworkImpairment.CLEAR.withDuplication(0.2)).size())
                .isBetween(MANY * 115 / 100, MANY * 125 / 100);
    }

    @Test
    void loss_and_duplication_of_one_datagram_cancel_out() {
        assertThat(through(NetworkImpairment.CLEAR.withLoss(1).withDuplication(1)))
                .hasSize(MANY);
    }

    @Test
    void the_delay_is_spread_evenly_and_no_further() {
        List<Left> left = through(NetworkImpairment.CLEAR.withDelay(Duration.ofMillis(100), Duration.ofMillis(50)));
        assertThat(left).allSatisfy(each -> assertThat(each.moment).isBetween(50_000_000L, 150_000_000L));
        long early = left.stream().filter(each -> each.moment < 75_000_000L).count();
        assertThat(early).isBetween(MANY * 20L / 100, MANY * 30L / 100);
    }

    @Test
    void what_is_reordered_overtakes_what_is_delayed() {
        NetworkImpairment weather = NetworkImpairment.CLEAR
                .withDelay(Duration.ofMillis(100), Duration.ZERO)
                .withReordering(0.2);
        long overtook =
                through(weather).stream().filter(each -> each.moment == 0).count();
        assertThat(overtook).isBetween(MANY * 15L / 100, MANY * 25L / 100);
    }

    @Test
    void what_is_swapped_leaves_right_after_the_next_one() {
        Impairment impairment = new Impairment(NetworkImpairment.CLEAR.withSwapping(0.2), 1, tally);
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
    void what_is_swapped_leaves_without_a_next_one_a_little_later() {
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
        Impairment impairment = new Impairment(NetworkImpairment.CLEAR.withSwapping(1), 1, tally);
        impairment.enter(DATAGRAM, 0, exit);
        assertThat(left).isEmpty();
        later.get(0).run();
        later.get(0).run();
        assertThat(left).containsExactly(new Left(DATAGRAM, Impairment.LONGEST_SWAP));
    }

    @Test
    void what_is_corrupted_has_one_bit_turned() {
        BitSet turned = new BitSet();
        assertThat(through(NetworkImpairment.CLEAR.withDamage(1, 0))).allSatisfy(each -> {
            BitSet difference = BitSet.valueOf(each.datagram);
            difference.xor(BitSet.valueOf(DATAGRAM));
            assertThat(each.datagram).hasSameSizeAs(DATAGRAM);
            assertThat(difference.cardinality()).isEqualTo(1);
            turned.or(difference);
        });
        assertThat(turned.cardinality()).isGreaterThan(8 * DATAGRAM.length * 80 / 100); // anywhere, that is
    }

    @Test
    void what_is_truncated_has_lost_its_end() {
        BitSet lengths = new BitSet();
        assertThat(through(NetworkImpairment.CLEAR.withDamage(0, 1))).allSatisfy(each -> {
            assertThat(each.datagram.length).isLessThan(DATAGRAM.length);
            assertThat(each.datagram).isEqualTo(Arrays.copyOf(DATAGRAM, each.datagram.length));
            lengths.set(each.datagram.length);
        });
        assertThat(lengths.cardinality()).isEqualTo(DATAGRAM.length);
    }

    @Test
    void what_is_longer_than_the_mtu_with_its_headers_vanishes() {
        NetworkImpairment narrow = NetworkImpairment.CLEAR.withMtu(576);
        assertThat(through(narrow, 1, 1, new byte[576 - 20 - 8])).hasSize(1);
        assertThat(through(narrow, 1, 1, new byte[576 - 20 - 8 + 1])).isEmpty();
        assertThat(tally.tooLong).isEqualTo(1);
    }

    @Test
    void the_same_seed_brings_the_same_fates_and_another_seed_others() {
        List<Long> first = moments(NetworkImpairment.CLASSIC, 7);
        assertThat(moments(NetworkImpairment.CLASSIC, 7)).isEqualTo(first);
        assertThat(moments(NetworkImpairment.CLASSIC, 8)).isNotEqualTo(first);
    }

    private List<Long> moments(NetworkImpairment weather, long seed) {
        return through(weather, seed, 100, DATAGRAM).stream().map(Left::moment).toList();
    }

    @Test
    void all_that_came_is_accounted_for() {
        int left = through(NetworkImpairment.CLASSIC.withDamage(0.1, 0.1)).size();
        assertThat(tally.came).isEqualTo(MANY);
        assertThat(left).isEqualTo((int) (tally.came - tally.lost + tally.doubled));
    }
}

package dev.lockstep.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.lockstep.tftp.negotiation.TransferSettings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BlockNumberTest {
    @Test
    @Tag("case-9")
    void case09_after_65535_comes_0() {
        assertThat(BlockNumber.of(65_535, 0)).isEqualTo(65_535);
        assertThat(BlockNumber.of(65_536, 0)).isZero();
        assertThat(BlockNumber.of(65_537, 0)).isEqualTo(1);
        assertThat(BlockNumber.of(35L * 65_536 + 7, 0)).isEqualTo(7);
    }

    @Test
    @Tag("case-9")
    void case09_after_65535_comes_1_if_negotiated() {
        assertThat(BlockNumber.of(65_535, 1)).isEqualTo(65_535);
        assertThat(BlockNumber.of(65_536, 1)).isEqualTo(1);
        assertThat(BlockNumber.of(2 * 65_535, 1)).isEqualTo(65_535);
        assertThat(BlockNumber.of(2 * 65_535 + 1, 1)).isEqualTo(1);
    }

    @Test
    @Tag("case-10")
    void case10_a_distance_counts_over_the_wrap() {
        assertThat(BlockNumber.distance(65_534, 65_535, 0)).isEqualTo(1);
        assertThat(BlockNumber.distance(65_535, 0, 0)).isEqualTo(1);
        assertThat(BlockNumber.distance(65_530, 5, 0)).isEqualTo(11);
        assertThat(BlockNumber.distance(65_540, 65_535, 0)).isEqualTo(65_531);
    }

    @Test
    void a_distance_is_correct_for_each_number_and_both_rollovers() {
        for (long count : new long[] {0, 1, 65_534, 65_535, 65_536, 65_537, 131_070, 131_071, 131_072, 9_999_999}) {
            for (int rollover = 0; rollover <= 1; rollover++) {
                for (int ahead = 0; ahead <= 64; ahead++) {
                    int block = BlockNumber.of(count + ahead, rollover);
                    assertThat(BlockNumber.distance(count, block, rollover))
                            .as("%d ahead of %d, rollover %d", ahead, count, rollover)
                            .isEqualTo(ahead);
                }
                if (count > 64) {
                    int behind = BlockNumber.of(count - 1, rollover);
                    assertThat(BlockNumber.distance(count, behind, rollover)).isGreaterThan(60_000);
                }
            }
        }
    }

    @Test
    @Tag("case-10")
    void case10_in_the_largest_window_no_old_block_is_mistaken_for_a_later_one() {
        int widest = TransferSettings.MAX_WINDOWSIZE;
        for (long count : new long[] {widest, 65_535, 65_536, 131_070, 131_072, 9_999_999}) {
            for (int rollover = 0; rollover <= 1; rollover++) {
                for (int behind = 1; behind <= widest; behind++) {
                    int block = BlockNumber.of(count - behind, rollover);
                    if (BlockNumber.distance(count, block, rollover) <= widest) {
                        fail("%d behind %d, rollover %d", behind, count, rollover);
                    }
                }
            }
        }
    }
}

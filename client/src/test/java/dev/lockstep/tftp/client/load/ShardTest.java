package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 3, 4, 10, 1001})
    void the_shares_of_all_shards_are_all_transfers_each_once(long total) {
        for (int count = 1; count <= 5; count++) {
            List<Long> numbers = new ArrayList<>();
            for (int index = 1; index <= count; index++) {
                Shard shard = new Shard(index, count);
                LongStream.range(0, shard.share(total)).map(shard::number).forEach(numbers::add);
                assertThat(LongStream.range(0, total).filter(shard::has).count())
                        .isEqualTo(shard.share(total));
            }
            assertThat(numbers)
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.range(0, total).boxed().toList());
        }
    }

    @Test
    void an_unlimited_number_has_unlimited_shares() {
        assertThat(IntStream.rangeClosed(1, 4).mapToLong(index -> new Shard(index, 4).share(Long.MAX_VALUE)))
                .allMatch(share -> share >= Long.MAX_VALUE / 4);
    }

    @Test
    void the_index_counts_from_1() {
        assertThat(Shard.parse("4/4")).isEqualTo(new Shard(4, 4)).hasToString("4/4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/4", "5/4", "1/0", "1", "/4", "1/4/2", "-1/4", "a/b", "1234567/1234567"})
    void any_other_text_is_rejected_with_what_was_expected(String text) {
        assertThatThrownBy(() -> Shard.parse(text)).hasMessage(text + " (expected: I/N, I from 1 to N)");
    }
}

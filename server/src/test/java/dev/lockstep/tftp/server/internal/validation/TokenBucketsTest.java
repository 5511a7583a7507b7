package dev.lockstep.tftp.server.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TokenBucketsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final TokenBuckets buckets = new TokenBuckets(1 << 10, 100, 1000, new SeededHash(42));

    @Test
    void a_bucket_is_full_at_first_and_is_refilled_at_its_rate_up_to_its_capacity() {
        assertThat(buckets.has(7, 1000, 0)).isTrue();
        assertThat(buckets.has(7, 1001, 0)).isFalse();
        assertThat(buckets.tryTake(7, 1000, 0)).isTrue();
        assertThat(buckets.has(7, 1, 0)).isFalse();
        assertThat(buckets.has(7, 250, 5 * SECOND / 2)).isTrue();
        assertThat(buckets.has(7, 251, 5 * SECOND / 2)).isFalse();
        assertThat(buckets.has(7, 1000, 60 * SECOND)).isTrue();
        assertThat(buckets.has(7, 1001, 60 * SECOND)).isFalse();
    }

    @Test
    void returned_tokens_do_not_exceed_the_capacity() {
        buckets.tryTake(7, 400, 0);
        buckets.giveBack(7, 300);
        assertThat(buckets.has(7, 900, 0)).isTrue();
        buckets.giveBack(7, 300);
        assertThat(buckets.has(7, 1001, 0)).isFalse();
    }

    @Test
    void the_clock_may_be_negative() {
        assertThat(buckets.has(7, 1000, Long.MIN_VALUE / 2)).isTrue();
        buckets.tryTake(7, 1000, Long.MIN_VALUE / 2);
        assertThat(buckets.has(7, 100, Long.MIN_VALUE / 2 + SECOND)).isTrue();
        assertThat(buckets.has(7, 101, Long.MIN_VALUE / 2 + SECOND)).isFalse();
    }

    @Test
    void nearly_all_keys_have_a_bucket_of_their_own() {
        buckets.tryTake(0, 1000, 0);
        int full = 0;
        for (long key = 1; key <= 1000; key++) {
            full += buckets.has(key, 1000, 0) ? 1 : 0;
        }
        assertThat(full).isBetween(990, 1000);
    }

    @Test
    void keys_that_share_a_slot_share_one_rate() {
        TokenBuckets one = new TokenBuckets(1, 100, 1000, new SeededHash(42));
        long got = 0;
        for (long key = 0; key < 1_000_000; key++) {
            got += one.tryTake(key, 10, 0) ? 10 : 0;
        }
        assertThat(got).isEqualTo(1000);
    }

    @Test
    void threads_together_take_no_more_than_a_bucket_holds() {
        TokenBuckets large = new TokenBuckets(1, 1, 10_000, new SeededHash(42));
        long got = IntStream.range(0, 40_000)
                .parallel()
                .filter(i -> large.tryTake(i, 1, 0))
                .count();
        assertThat(got).isEqualTo(10_000);
    }
}

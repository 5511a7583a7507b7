package dev.lockstep.tftp.server.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.server.internal.http.TopList.Entry;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopListTest {
    private final TopList list = new TopList(8, 3);

    @Test
    void the_sums_of_keys_are_sorted_by_bytes_then_by_problems() {
        list.addTransfer("small", 10, false);
        list.addTransfer("large", 500, false);
        list.addTransfer("large", 500, true);
        list.addRefusal("missing");
        list.addRefusal("missing");
        list.addRefusal("typo");
        assertThat(list.heaviest(10))
                .containsExactly(
                        new Entry("large", 2, 1000, 1, 0),
                        new Entry("small", 1, 10, 0, 0),
                        new Entry("missing", 0, 0, 2, 0),
                        new Entry("typo", 0, 0, 1, 0));
        assertThat(list.heaviest(1)).extracting(Entry::key).containsExactly("large");
    }

    @Test
    void heavy_keys_stay_exact_among_100_000_light_ones() {
        IntStream.range(0, 100_000).forEach(i -> {
            list.addRefusal("name" + i);
            if (i % 1000 == 0) {
                list.addTransfer("boot.img", 5000, false);
            }
        });
        assertThat(list.size()).isLessThan(16);
        assertThat(list.heaviest(1)).containsExactly(new Entry("boot.img", 100, 500_000, 0, 0));
    }

    @Test
    void a_key_that_may_have_been_forgotten_is_credited_with_what_it_may_have_had() {
        IntStream.range(0, 16).forEach(i -> list.addTransfer("name" + i, 100 + i, false));
        list.addTransfer("name0", 7, false);
        assertThat(list.heaviest(20))
                .as("the lighter half is forgotten, 107 bytes and one transfer at most")
                .hasSize(9)
                .last()
                .isEqualTo(new Entry("name0", 1, 7, 0, 108));
    }

    @Test
    void slices_are_added_up_until_they_are_too_old() {
        list.addTransfer("a", 1, false);
        list.rotate();
        list.addTransfer("a", 2, false);
        assertThat(list.heaviest(1)).containsExactly(new Entry("a", 2, 3, 0, 0));
        list.rotate();
        list.rotate();
        assertThat(list.heaviest(1)).containsExactly(new Entry("a", 1, 2, 0, 0));
    }
}

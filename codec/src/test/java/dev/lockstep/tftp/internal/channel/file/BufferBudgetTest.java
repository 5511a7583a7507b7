package dev.lockstep.tftp.internal.channel.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class BufferBudgetTest {
    private final BufferBudget budget = new BufferBudget(1000);
    private final List<String> granted = new ArrayList<>();

    @Test
    void a_grant_is_large_up_to_half_of_the_budget_and_small_beyond() {
        assertThat(budget.tryTake(400, 50)).isEqualTo(400);
        assertThat(budget.tryTake(101, 50)).isEqualTo(50);
        assertThat(budget.tryTake(50, 10)).isEqualTo(50);
        assertThat(budget.used()).isEqualTo(500);
    }

    @Test
    void an_exhausted_budget_grants_nothing_until_memory_is_given_back() {
        assertThat(budget.tryTake(500, 500)).isEqualTo(500);
        assertThat(budget.tryTake(500, 500)).isEqualTo(500);
        assertThat(budget.tryTake(1, 1)).isZero();
        budget.giveBack(500);
        assertThat(budget.tryTake(1, 1)).isEqualTo(1);
    }

    @Test
    void memory_is_ample_until_more_than_half_is_taken_or_a_request_waits() {
        assertThat(budget.tryTake(500, 500)).isEqualTo(500);
        assertThat(budget.isAmple()).isTrue();
        assertThat(budget.tryTake(1, 1)).isEqualTo(1);
        assertThat(budget.isAmple()).isFalse();
        budget.takeLater(1000, false, () -> granted.add("all"));
        budget.giveBack(500);
        assertThat(budget.isAmple()).isFalse();
        budget.giveBack(1);
        assertThat(granted).containsExactly("all");
    }

    @Test
    void a_request_larger_than_the_budget_is_granted_alone() {
        assertThat(budget.tryTake(5000, 2000)).isEqualTo(2000);
        assertThat(budget.tryTake(1, 1)).isZero();
        budget.giveBack(2000);
        assertThat(budget.used()).isZero();
    }

    @Test
    void waiting_requests_are_granted_in_order_and_before_later_ones() {
        assertThat(budget.tryTake(500, 500)).isEqualTo(500);
        assertThat(budget.tryTake(500, 500)).isEqualTo(500);
        budget.takeLater(600, false, () -> granted.add("first"));
        budget.takeLater(10, false, () -> granted.add("second"));
        budget.giveBack(500);
        assertThat(granted)
                .as("the first does not fit yet, and the second must not overtake it")
                .isEmpty();
        assertThat(budget.tryTake(1, 1)).isZero();
        budget.giveBack(500);
        assertThat(granted).containsExactly("first", "second");
        assertThat(budget.used()).isEqualTo(610);
    }

    @Test
    void free_memory_is_granted_at_once() {
        budget.takeLater(1000, false, () -> granted.add("now"));
        assertThat(granted).containsExactly("now");
        assertThat(budget.used()).isEqualTo(1000);
    }

    @Test
    void a_waiting_request_may_give_memory_back_when_it_is_granted() {
        assertThat(budget.tryTake(900, 900)).isEqualTo(900);
        budget.takeLater(500, false, () -> {
            granted.add("first");
            budget.giveBack(500);
        });
        budget.takeLater(900, false, () -> granted.add("second"));
        budget.giveBack(900);
        assertThat(granted).containsExactly("first", "second");
        assertThat(budget.used()).isEqualTo(900);
    }

    @Test
    void with_less_memory_than_configured_new_requests_are_refused_and_others_wait() {
        BufferBudget scarce = new BufferBudget(1000, 500);
        assertThat(scarce.limit()).isEqualTo(500);
        assertThat(scarce.takeLater(500, false, () -> granted.add("first"))).isTrue();
        assertThat(scarce.takeLater(1, false, () -> granted.add("refused"))).isFalse();
        assertThat(scarce.takeLater(100, true, () -> granted.add("running"))).isTrue();
        assertThat(granted).containsExactly("first");
        scarce.giveBack(500);
        assertThat(granted).containsExactly("first", "running");
        assertThat(scarce.used()).isEqualTo(100);
    }

    @Test
    void memory_that_is_reclaimed_is_granted_instead_of_a_refusal() {
        BufferBudget scarce = new BufferBudget(1000, 500);
        assertThat(scarce.tryTake(500, 500)).isEqualTo(500);
        scarce.reclaimWith(() -> scarce.giveBack(100));
        assertThat(scarce.takeLater(100, false, () -> granted.add("new"))).isTrue();
        assertThat(granted).containsExactly("new");
    }

    @Test
    void the_direct_memory_of_the_process_limits_a_budget() {
        assertThat(BufferBudget.ofDirectMemory(Long.MAX_VALUE).limit()).isLessThan(Long.MAX_VALUE);
        assertThat(BufferBudget.ofDirectMemory(1000).limit()).isEqualTo(1000);
    }

    @Test
    void concurrent_requests_and_releases_lose_no_byte_and_no_waiting_request() throws InterruptedException {
        BufferBudget small = new BufferBudget(100);
        CountDownLatch served = new CountDownLatch(4 * 10_000);
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.length; i++) {
            int size = 20 + i;
            threads[i] = new Thread(() -> {
                for (int n = 0; n < 10_000; n++) {
                    if (small.tryTake(size, size) > 0) {
                        small.giveBack(size);
                        served.countDown();
                    } else {
                        small.takeLater(size, true, () -> {
                            small.giveBack(size);
                            served.countDown();
                        });
                    }
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(served.getCount()).isZero();
        assertThat(small.used()).isZero();
    }

    @Test
    void a_budget_of_0_is_rejected() {
        assertThatThrownBy(() -> new BufferBudget(0)).hasMessage("buffer memory: 0 (expected: >= 1)");
    }
}

package dev.lockstep.tftp.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BufferBudgetTest {
    private final BufferBudget budget = new BufferBudget(1000);
    private final List<String> granted = new ArrayList<>();

    @Test
    void a_piece_is_large_while_there_is_plenty_and_small_when_half_is_taken() {
        assertThat(budget.tryTake(400, 50)).isEqualTo(400);
        assertThat(budget.tryTake(101, 50)).isEqualTo(50);
        assertThat(budget.tryTake(50, 10)).isEqualTo(50);
        assertThat(budget.used()).isEqualTo(500);
    }

    @Test
    void when_all_is_taken_there_is_nothing_until_something_is_given_back() {
        assertThat(budget.tryTake(500, 500)).isEqualTo(500);
        assertThat(budget.tryTake(500, 500)).isEqualTo(500);
        assertThat(budget.tryTake(1, 1)).isZero();
        budget.giveBack(500);
        assertThat(budget.tryTake(1, 1)).isEqualTo(1);
    }

    @Test
    void there_is_plenty_till_more_than_half_is_taken_or_somebody_waits() {
        assertThat(budget.tryTake(500, 500)).isEqualTo(500);
        assertThat(budget.isAmple()).isTrue();
        assertThat(budget.tryTake(1, 1)).isEqualTo(1);
        assertThat(budget.isAmple()).isFalse();
        budget.takeLater(1000, () -> granted.add("all"));
        budget.giveBack(500);
        assertThat(budget.isAmple()).isFalse();
        budget.giveBack(1);
        assertThat(granted).containsExactly("all");
    }

    @Test
    void a_piece_larger_than_the_budget_is_granted_alone() {
        assertThat(budget.tryTake(5000, 2000)).isEqualTo(2000);
        assertThat(budget.tryTake(1, 1)).isZero();
        budget.giveBack(2000);
        assertThat(budget.used()).isZero();
    }

    @Test
    void who_waits_is_served_in_order_and_before_who_comes_later() {
        assertThat(budget.tryTake(500, 500)).isEqualTo(500);
        assertThat(budget.tryTake(500, 500)).isEqualTo(500);
        budget.takeLater(600, () -> granted.add("first"));
        budget.takeLater(10, () -> granted.add("second"));
        budget.giveBack(500);
        assertThat(granted)
                .as("the first does not fit yet, and nobody overtakes it")
                .isEmpty();
        assertThat(budget.tryTake(1, 1)).isZero();
        budget.giveBack(500);
        assertThat(granted).containsExactly("first", "second");
        assertThat(budget.used()).isEqualTo(610);
    }

    @Test
    void what_is_free_is_had_at_once() {
        budget.takeLater(1000, () -> granted.add("now"));
        assertThat(granted).containsExactly("now");
        assertThat(budget.used()).isEqualTo(1000);
    }

    @Test
    void a_waiter_may_take_and_give_back_when_it_is_served() {
        assertThat(budget.tryTake(900, 900)).isEqualTo(900);
        budget.takeLater(500, () -> {
            granted.add("first");
            budget.giveBack(500);
        });
        budget.takeLater(900, () -> granted.add("second"));
        budget.giveBack(900);
        assertThat(granted).containsExactly("first", "second");
        assertThat(budget.used()).isEqualTo(900);
    }

    @Test
    void a_budget_of_nothing_makes_no_sense() {
        assertThatThrownBy(() -> new BufferBudget(0)).hasMessage("buffer memory: 0 (expected: >= 1)");
    }
}

package dev.lockstep.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BurstControllerTest {
    private final BurstController burst = new BurstController(12);

    @Test
    void a_whole_window_is_sent_until_a_timeout() {
        burst.onAck(12);
        assertThat(burst.limit()).isEqualTo(12);
    }

    @Test
    void each_timeout_halves_the_burst_down_to_one_block() {
        int[] limits = new int[5];
        for (int i = 0; i < limits.length; i++) {
            burst.onTimeout();
            limits[i] = burst.limit();
        }
        assertThat(limits).containsExactly(6, 3, 1, 1, 1);
    }

    @Test
    void an_acknowledged_burst_doubles_it_up_to_the_window() {
        burst.onTimeout();
        burst.onTimeout();
        burst.onAck(2);
        assertThat(burst.limit()).as("only a part is acknowledged").isEqualTo(3);
        burst.onAck(3);
        assertThat(burst.limit()).isEqualTo(6);
        burst.onAck(7);
        burst.onAck(12);
        assertThat(burst.limit()).isEqualTo(12);
    }
}

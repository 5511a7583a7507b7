package dev.lockstep.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TransferCountersTest {
    @Test
    void the_elapsed_time_stops_at_the_end() {
        TransferCounters stats = new TransferCounters(-500);
        assertThat(stats.elapsed(1500)).isEqualTo(2000);
        assertThat(stats.firstByteAfter()).isEqualTo(-1);
        stats.markFirstByte(500);
        stats.markFirstByte(900);
        stats.markEnd(2500);
        assertThat(stats.firstByteAfter()).isEqualTo(1000);
        assertThat(stats.elapsed(99_999)).isEqualTo(3000);
    }
}

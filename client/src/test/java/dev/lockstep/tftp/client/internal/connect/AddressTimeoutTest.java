package dev.lockstep.tftp.client.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AddressTimeoutTest {
    @Test
    void a_dead_address_takes_half_of_the_time_but_not_longer_than_three_lost_requests() {
        assertThat(ClientTransfer.shareOf(Duration.ofSeconds(4))).isEqualTo(Duration.ofSeconds(2));
        assertThat(ClientTransfer.shareOf(Duration.ofSeconds(30))).isEqualTo(Duration.ofSeconds(5));
    }
}

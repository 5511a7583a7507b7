package dev.lockstep.tftp.server.internal.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketActivationTest {
    @Test
    void the_sockets_of_a_socket_unit_begin_at_descriptor_3() throws IOException {
        assertThat(SocketActivation.descriptors(Map.of("LISTEN_PID", "4711", "LISTEN_FDS", "2"), 4711))
                .containsExactly(3, 4);
    }

    @Test
    void sockets_of_another_process_and_a_standard_input_that_is_no_udp_socket_are_ignored() throws IOException {
        assertThat(SocketActivation.descriptors(Map.of("LISTEN_PID", "4712", "LISTEN_FDS", "2"), 4711))
                .isEmpty();
        assertThat(SocketActivation.descriptors(Map.of(), 4711)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "65", "many"})
    void an_invalid_number_of_sockets_is_reported(String count) {
        assertThatThrownBy(() -> SocketActivation.descriptors(Map.of("LISTEN_PID", "1", "LISTEN_FDS", count), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("LISTEN_FDS: " + count + " (expected: 1 to 64)");
    }
}

package dev.lockstep.tftp.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("sets a system property")
class TransportTest {
    private static final String PROPERTY = "dev.lockstep.tftp.transport";

    @AfterEach
    void clear_property() {
        System.clearProperty(PROPERTY);
    }

    @Test
    void the_property_chooses_the_transport() {
        System.setProperty(PROPERTY, "nio");
        assertThat(Transport.best()).isEqualTo(Transport.NIO);
        System.setProperty(PROPERTY, "epoll");
        assertThat(Transport.best()).isEqualTo(Transport.EPOLL);
    }

    @Test
    void another_name_is_refused_with_what_was_expected() {
        System.setProperty(PROPERTY, "uring");
        assertThatThrownBy(Transport::best)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(PROPERTY + ": uring (expected: epoll or nio)");
    }
}

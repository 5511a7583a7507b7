package dev.lockstep.tftp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.transfer.TftpException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private final Admission admission = new Admission(3, 2);
    private InetAddress one;
    private InetAddress two;

    @BeforeEach
    void two_clients() throws UnknownHostException {
        one = InetAddress.getByName("192.0.2.1");
        two = InetAddress.getByName("192.0.2.2");
    }

    @Test
    void one_client_has_no_more_than_its_share() throws TftpException {
        admission.enter(one);
        admission.enter(one);
        assertThatThrownBy(() -> admission.enter(one))
                .isInstanceOf(TftpException.class)
                .hasMessageContaining("client");
        admission.enter(two);
        assertThat(admission.running()).isEqualTo(3);
    }

    @Test
    void all_together_have_no_more_than_the_server_bears() throws TftpException {
        admission.enter(one);
        admission.enter(one);
        admission.enter(two);
        assertThatThrownBy(() -> admission.enter(two)).hasMessageContaining("busy");
        admission.leave(one);
        admission.enter(two);
        assertThat(admission.running()).isEqualTo(3);
    }

    @Test
    void who_was_refused_does_not_count() throws TftpException {
        admission.enter(one);
        admission.enter(one);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> admission.enter(one)).isInstanceOf(TftpException.class);
        }
        admission.leave(one);
        admission.enter(one);
        assertThat(admission.running()).isEqualTo(2);
    }

    @Test
    void a_closed_server_lets_nobody_in() {
        admission.close();
        assertThatThrownBy(() -> admission.enter(one)).hasMessageContaining("shutting down");
        assertThat(admission.running()).isZero();
    }

    @Test
    void waiting_for_the_last_one_ends_when_it_leaves() throws Exception {
        admission.enter(one);
        assertThat(admission.awaitEmpty(Duration.ZERO)).isFalse();
        CompletableFuture<Void> leaving = CompletableFuture.runAsync(() -> admission.leave(one));
        assertThat(admission.awaitEmpty(Duration.ofMinutes(1))).isTrue();
        leaving.join();
        assertThat(admission.awaitEmpty(Duration.ZERO)).isTrue();
    }
}

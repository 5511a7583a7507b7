package dev.lockstep.tftp.server.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.server.AmplificationLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AddressValidationTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long PER_CLIENT = 2000;
    private static final long PER_NETWORK = 6000;
    private static final int UNVALIDATED = 20;
    private static final int PORT = 2000;

    private final AddressValidation validation =
            new AddressValidation(new AmplificationLimits(2 * UNVALIDATED, PER_CLIENT, PER_NETWORK), 42);

    private static InetAddress at(String address) throws UnknownHostException {
        return InetAddress.getByName(address);
    }

    private static InetSocketAddress asking(String address) throws UnknownHostException {
        return new InetSocketAddress(at(address), PORT);
    }

    private PeerValidation peer(String address) throws UnknownHostException {
        return new PeerValidation(validation, at(address));
    }

    private boolean admits(String address, long now) throws UnknownHostException {
        return admits(validation, asking(address), now);
    }

    private static boolean admits(AddressValidation validation, InetSocketAddress peer, long now) {
        return validation.admit(peer, now) != null;
    }

    private long takeAll(String address, long now) throws UnknownHostException {
        long got = 0;
        while (validation.tryTake(peer(address), 100, now)) {
            got += 100;
        }
        return got;
    }

    @Test
    void an_address_gets_its_burst_and_then_its_rate() throws UnknownHostException {
        assertThat(takeAll("192.0.2.1", 0)).isEqualTo(16 * PER_CLIENT);
        assertThat(takeAll("192.0.2.1", SECOND)).isEqualTo(PER_CLIENT);
    }

    @Test
    void the_addresses_of_a_network_share_its_rate() throws UnknownHostException {
        long got = 0;
        for (int host = 1; host < 255; host++) {
            got += takeAll("192.0.2." + host, 0);
        }
        assertThat(got).isEqualTo(16 * PER_NETWORK);
        assertThat(takeAll("192.0.3.1", 0)).isEqualTo(16 * PER_CLIENT);
    }

    @Test
    void the_addresses_of_an_ipv6_64_share_one_rate() throws UnknownHostException {
        assertThat(takeAll("2001:db8:1:1::1", 0)).isEqualTo(16 * PER_CLIENT);
        assertThat(takeAll("2001:db8:1:1:ffff::2", 0)).isZero();
        assertThat(takeAll("2001:db8:1:2::1", 0)).isEqualTo(16 * PER_CLIENT);
    }

    @Test
    void the_64s_of_an_ipv6_48_share_its_rate() throws UnknownHostException {
        long got = 0;
        for (int subnet = 1; subnet < 100; subnet++) {
            got += takeAll("2001:db8:1:" + subnet + "::1", 0);
        }
        assertThat(got).isEqualTo(16 * PER_NETWORK);
    }

    @Test
    void a_request_is_dropped_when_its_address_has_no_tokens_for_a_reply() throws UnknownHostException {
        assertThat(admits("192.0.2.1", 0)).isTrue();
        takeAll("192.0.2.1", 0);
        assertThat(admits("192.0.2.1", 0)).isFalse();
        assertThat(admits("192.0.2.2", 0)).isTrue();
    }

    @Test
    void a_reply_of_the_peer_returns_its_tokens() throws UnknownHostException {
        for (int i = 0; i < 10_000; i++) {
            assertThat(admits("192.0.2.1", 0)).isTrue();
            assertThat(validation.tryTake(peer("192.0.2.1"), 544, 0)).isTrue();
            validation.validated(peer("192.0.2.1"), 544, 0);
        }
    }

    @Test
    void the_rate_of_unvalidated_peers_is_limited_and_that_of_validated_ones_is_not() throws UnknownHostException {
        assertThat(admits("192.0.2.1", 0)).isTrue();
        validation.validated(peer("192.0.2.1"), 0, 0);
        for (int i = 0; i < UNVALIDATED; i++) {
            assertThat(admits("198.51.100." + i, 0)).isTrue();
        }
        assertThat(admits("203.0.113.1", 0)).isFalse();
        assertThat(admits("192.0.2.1", 0)).isTrue();
        assertThat(admits("203.0.113.1", SECOND)).isTrue();
    }

    @Test
    void an_ipv6_host_is_validated_by_its_64() throws UnknownHostException {
        validation.validated(peer("2001:db8:1:1::1"), 0, 0);
        for (int i = 0; i < UNVALIDATED; i++) {
            assertThat(admits("198.51.100." + i, 0)).isTrue();
        }
        assertThat(admits("2001:db8:1:1:ffff::2", 0)).isTrue();
        assertThat(admits("2001:db8:1:2::1", 0)).isFalse();
    }

    @Test
    void an_unvalidated_peer_that_retransmits_its_dropped_request_is_admitted() throws UnknownHostException {
        for (int i = 0; i < UNVALIDATED; i++) {
            assertThat(admits("198.51.100." + i, 0)).isTrue();
        }
        assertThat(admits("203.0.113.1", 0)).isFalse();
        assertThat(admits("203.0.113.1", SECOND / 10)).isFalse();
        assertThat(admits("203.0.113.1", SECOND / 4)).isTrue();
        assertThat(admits("203.0.113.2", SECOND / 4)).isFalse();
    }

    @Test
    void repeated_requests_from_spoofed_addresses_get_no_more_than_both_buckets_hold() throws UnknownHostException {
        int seconds = 20;
        int admitted = 0;
        for (int second = 0; second < seconds; second++) {
            for (int i = 0; i < 2000; i++) {
                int sender = 1000 * second + i; // half of the addresses repeat those of the previous second
                InetSocketAddress from = asking("198.51." + sender / 256 + "." + sender % 256);
                admitted += admits(validation, from, second * SECOND + i) ? 1 : 0;
            }
        }
        int unvalidated = UNVALIDATED + (seconds - 1) * 2;
        int back = 2 + (seconds - 2);
        assertThat(admitted).isBetween(unvalidated + back - 2, unvalidated + back);
    }

    @Test
    void validated_clients_return_tokens_for_other_retransmitting_clients() throws UnknownHostException {
        AddressValidation usual = new AddressValidation(AmplificationLimits.NORMAL, 42);
        InetSocketAddress[] clients = new InetSocketAddress[5000];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = asking("10.0." + i / 250 + "." + i % 250);
            assertThat(admits(usual, clients[i], 0)).isEqualTo(i < 2048);
        }
        for (int i = 2048; i < clients.length; i++) {
            while (admits(usual, asking("203.0.113." + i % 256), SECOND / 2)) {
                assertThat(i)
                        .as("a flood uses up the rate of unvalidated peers")
                        .isEqualTo(2048);
            }
            assertThat(admits(usual, clients[i], SECOND / 2)).isTrue();
            usual.validated(new PeerValidation(usual, clients[i].getAddress()), 0, SECOND / 2);
        }
    }

    @Test
    void a_thousand_clients_that_boot_together_behind_one_address_are_all_admitted() throws UnknownHostException {
        AddressValidation usual = new AddressValidation(AmplificationLimits.NORMAL, 42);
        for (int i = 0; i < 1000; i++) {
            assertThat(admits(usual, asking("192.0.2.1"), 0)).isTrue();
            assertThat(usual.tryTake(peer("192.0.2.1"), AddressValidation.FIRST_MESSAGE, 0))
                    .isTrue();
        }
    }

    @Test
    void two_thousand_clients_of_one_subnet_that_boot_together_are_all_admitted() throws UnknownHostException {
        AddressValidation usual = new AddressValidation(AmplificationLimits.NORMAL, 42);
        for (int i = 0; i < 2000; i++) {
            InetSocketAddress client = asking("192.0.2." + i % 256);
            assertThat(admits(usual, client, 0)).isTrue();
            assertThat(usual.tryTake(
                            new PeerValidation(usual, client.getAddress()), AddressValidation.FIRST_MESSAGE, 0))
                    .isTrue();
        }
    }

    @Test
    void without_limits_every_request_is_admitted_and_every_reply_is_sent() throws UnknownHostException {
        AddressValidation off = new AddressValidation(AmplificationLimits.UNLIMITED, 42);
        for (int i = 0; i < 1_000_000; i++) {
            PeerValidation peer = off.admit(asking("192.0.2." + i % 256), 0);
            assertThat(peer.tryCharge(65_535, 0)).isTrue();
        }
    }

    @Test
    void invalid_limits_are_rejected_with_their_value() {
        assertThatThrownBy(() -> new AmplificationLimits(0, 1024, 1024))
                .hasMessageContaining("unvalidated requests: 0");
        assertThatThrownBy(() -> new AmplificationLimits(1, 1, 1024)).hasMessageContaining("unvalidated per client: 1");
        assertThatThrownBy(() -> new AmplificationLimits(1, 1024, 1))
                .hasMessageContaining("unvalidated per network: 1");
    }
}

package dev.lockstep.tftp.server.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.io.RateLimiter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ClientRatesTest {
    private final ClientRates rates = new ClientRates(1000);

    private RateLimiter of(String address) throws UnknownHostException {
        return rates.of(InetAddress.getByName(address));
    }

    @Test
    void an_ipv4_address_has_a_rate_of_its_own() throws UnknownHostException {
        assertThat(of("192.0.2.1")).isSameAs(of("192.0.2.1")).isNotSameAs(of("192.0.2.2"));
    }

    @Test
    void the_addresses_of_an_ipv6_64_share_one_rate() throws UnknownHostException {
        assertThat(of("2001:db8:1:1::1")).isSameAs(of("2001:db8:1:1:ffff::2")).isNotSameAs(of("2001:db8:1:2::1"));
    }
}

package dev.lockstep.tftp.server.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpNetworkTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.1.2, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "192.168.7.64/26, 192.168.7.127, true",
        "192.168.7.64/26, 192.168.7.128, false",
        "192.168.7.64/26, 192.168.7.63, false",
        "192.168.7.9, 192.168.7.9, true",
        "192.168.7.9, 192.168.7.8, false",
        "0.0.0.0/0, 203.0.113.7, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 10.0.0.1, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::1, false",
        "::1, ::1, true",
    })
    void an_address_is_in_a_network_if_it_has_its_prefix(String network, String address, boolean inside) {
        assertThat(IpNetwork.parse(network).contains(IpNetwork.literal(address)))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.0/33 | a prefix length of 0 to 32",
                "10.0.0.0/ | a prefix length of 0 to 32",
                "10.0.0.0/-1 | a prefix length of 0 to 32",
                "::/129 | a prefix length of 0 to 128",
                "10.0.0.1/8 | no bits set after the first 8",
                "2001:db8::1/64 | no bits set after the first 64",
                "10.0.0.256 | an address such as 10.1.2.3 or 2001:db8::1",
                "10.0.0 | an address such as 10.1.2.3 or 2001:db8::1",
                "localhost | an address such as 10.1.2.3 or 2001:db8::1",
                "fe80::1%lo | an address such as 10.1.2.3 or 2001:db8::1",
                "::g | an address such as 10.1.2.3 or 2001:db8::1",
                "'' | an address such as 10.1.2.3 or 2001:db8::1",
            })
    void an_invalid_network_is_rejected(String text, String expected) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpNetwork.parse(text))
                .withMessageEndingWith("(expected: " + expected + ")");
    }
}

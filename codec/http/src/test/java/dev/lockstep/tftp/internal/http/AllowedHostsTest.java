package dev.lockstep.tftp.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {
    private final AllowedHosts hosts =
            new AllowedHosts(Set.of("Boot.Example.org", "192.0.2.7", "2001:db8::7", "[2001:db8::8]"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.1:9169",
                "127.8.9.10",
                "[::1]",
                "[::1]:80",
                "[0:0:0:0:0:0:0:1]",
                "[::ffff:127.0.0.1]",
                "localhost",
                "LOCALHOST:65535",
                "boot.example.org",
                "boot.example.ORG:443",
                "192.0.2.7:9169",
                "[2001:db8::7]:9169",
                "[2001:DB8:0::8]"
            })
    void a_loopback_address_localhost_and_listed_hosts_are_allowed(String header) {
        assertThat(hosts.allows(header)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":9169",
                "127.evil.com",
                "127.0.0.1.evil.com",
                "127.0.0.1.nip.io:9169",
                "localhost.evil.com",
                "evil.com",
                "xboot.example.org",
                "127.1",
                "2130706433",
                "0x7f.0.0.1",
                "127.0.0.01.1",
                "::1",
                "[127.0.0.1]",
                "[localhost]",
                "[::1",
                "[::1]x",
                "[::1%lo]",
                "127.0.0.1:",
                "127.0.0.1:80:80",
                "127.0.0.1:80@evil.com",
                "user@127.0.0.1",
                "127.0.0.1 evil.com",
                "192.0.2.8",
                "0.0.0.0",
                "[::]",
                "[2001:db8::9]"
            })
    void anything_else_is_not(String header) {
        assertThat(hosts.allows(header)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "boot.example.org:80", "http://boot", "*.example.org", "a b", "-boot", "a/b"})
    void a_list_with_something_else_than_names_and_addresses_is_refused(String listed) {
        assertThatThrownBy(() -> new AllowedHosts(Set.of(listed)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(listed + " (expected: a host name or an address, without a port)");
    }

    @Test
    void an_origin_has_the_same_host_and_port() {
        assertThat(AllowedHosts.isSameOrigin("http://localhost:9169", "localhost:9169"))
                .isTrue();
        assertThat(AllowedHosts.isSameOrigin("https://Boot.example.org", "boot.example.org"))
                .isTrue();
        assertThat(AllowedHosts.isSameOrigin("http://localhost:3000", "localhost:9169"))
                .isFalse();
        assertThat(AllowedHosts.isSameOrigin("http://evil.com", "localhost:9169"))
                .isFalse();
        assertThat(AllowedHosts.isSameOrigin("null", "null")).isFalse();
        assertThat(AllowedHosts.isSameOrigin("file://localhost:9169", "localhost:9169"))
                .isFalse();
    }
}

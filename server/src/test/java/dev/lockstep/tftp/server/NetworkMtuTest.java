package dev.lockstep.tftp.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class NetworkMtuTest {
    private static final List<NetworkMtu> MTUS = List.of(
            NetworkMtu.parse("10.1.0.0/16=1400"),
            NetworkMtu.parse("10.0.0.0/8=9000"),
            NetworkMtu.parse("2001:db8::/32=1280"));

    @ParameterizedTest
    @CsvSource({"10.1.2.3, 1400", "10.2.2.3, 9000", "2001:db8::7, 1280"})
    void the_first_network_that_contains_the_client_applies(String client, int mtu) throws Exception {
        assertThat(NetworkMtu.of(new InetSocketAddress(InetAddress.getByName(client), 1), MTUS))
                .hasValue(mtu);
    }

    @ParameterizedTest
    @ValueSource(strings = {"11.1.2.3", "2001:db9::7", "::1"})
    void other_clients_have_no_mtu(String client) throws Exception {
        assertThat(NetworkMtu.of(new InetSocketAddress(InetAddress.getByName(client), 1), MTUS))
                .isEqualTo(OptionalInt.empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "=",
                "1400",
                "10.0.0.0=1400",
                "10.0.0.0/33=1400",
                "10.0.0.0/8=",
                "10.0.0.0/8=67",
                "a/8=1400",
                "10.0.0.0/8=65536",
                "::/129=1400"
            })
    void an_invalid_mtu_is_rejected_with_the_expected_form(String text) {
        assertThatThrownBy(() -> NetworkMtu.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("mtu: " + text + " (expected: ");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.0/8=1400, 1368", "127.0.0.0/8=65535, 60000", "10.0.0.0/8=1400, 60000"})
    @Tag("case-27")
    void case27_blocks_fit_the_mtu_of_the_network_of_the_client(String mtu, String granted) throws Exception {
        MemoryStorage files = new MemoryStorage(1 << 20, WriteRules.ANY_FILE);
        files.put("small", "hello".getBytes());
        TftpServerBuilder builder = TftpServer.builder()
                .storage(files)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .mtu(NetworkMtu.parse(mtu));
        for (PortMode mode : List.of(PortMode.EPHEMERAL, PortMode.SINGLE)) {
            try (TftpServer server =
                            builder.drain(Duration.ZERO).portModes(peer -> mode).start();
                    RawSocketPeer client = new RawSocketPeer()) {
                client.sendTo(server.port(), 0, 1, "small", 0, "octet", 0, "blksize", 0, "60000", 0);
                client.expect(0, 6, "blksize", 0, granted, 0);
            }
        }
    }
}

package dev.lockstep.tftp.server.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BroadcastAddressesTest {
    @ParameterizedTest
    @ValueSource(strings = {"255.255.255.255", "224.0.0.1", "239.255.255.255", "ff02::1", "ff05::1:3"})
    @Tag("case-61")
    void case61_an_address_of_several_hosts_is_a_broadcast_or_multicast_address(String address) throws Exception {
        assertThat(BroadcastAddresses.ofThisMachine().contains(InetAddress.getByName(address)))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.255", "8.8.8.8", "0.0.0.0", "::1", "2001:db8::ffff", "::"})
    @Tag("case-61")
    void case61_a_unicast_address_is_no_broadcast_or_multicast_address(String address) throws Exception {
        assertThat(BroadcastAddresses.ofThisMachine().contains(InetAddress.getByName(address)))
                .isFalse();
    }

    @Test
    @Tag("case-61")
    void case61_the_broadcast_addresses_of_the_networks_of_this_machine_are_detected() throws Exception {
        BroadcastAddresses broadcasts = BroadcastAddresses.ofThisMachine();
        List<InterfaceAddress> own = NetworkInterface.networkInterfaces()
                .flatMap(network -> network.getInterfaceAddresses().stream())
                .toList();
        assertThat(own).isNotEmpty().allSatisfy(address -> {
            boolean single = address.getNetworkPrefixLength() >= 31;
            assertThat(broadcasts.contains(address.getAddress())).isFalse();
            if (address.getBroadcast() != null
                    && !single
                    && !address.getBroadcast().isAnyLocalAddress()) {
                assertThat(broadcasts.contains(address.getBroadcast())).isTrue();
            }
        });
        assertThat(broadcasts.contains(InetAddress.getByName("127.255.255.255")))
                .isTrue();
    }
}

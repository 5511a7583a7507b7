package dev.lockstep.tftp.server;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.OptionalInt;

/** The MTU for the clients of one network, to replace the path MTU that this machine has determined. */
public final class NetworkMtu {
    /** Smallest MTU of an IPv4 link (RFC 791). */
    private static final int MIN_MTU = 68;

    private final IpSubnetFilterRule network;
    private final int mtu;

    private NetworkMtu(IpSubnetFilterRule network, int mtu) {
        this.network = network;
        this.mtu = mtu;
    }

    /**
     * Parses {@code NETWORK/BITS=MTU}, with the MTU in bytes.
     *
     * @param text such as {@code 10.1.0.0/16=1400}
     * @return the MTU of the network
     * @throws IllegalArgumentException if the text has another form, or the MTU is not 68 to 65535
     */
    public static NetworkMtu parse(String text) {
        int equals = text.indexOf('=');
        try {
            int mtu = Integer.parseInt(text.substring(equals + 1));
            if (equals > 0 && mtu >= MIN_MTU && mtu <= RequestSettings.ANY_MTU) {
                String network = text.substring(0, equals);
                return new NetworkMtu(new IpSubnetFilterRule(network, IpFilterRuleType.ACCEPT), mtu);
            }
        } catch (IllegalArgumentException ignored) {
            // reported below
        }
        throw new IllegalArgumentException(
                "mtu: " + text + " (expected: NETWORK/BITS=MTU, as 10.1.0.0/16=1400; an MTU of 68 to 65535)");
    }

    /**
     * Returns the MTU of the first network that contains the client.
     *
     * @param client the client
     * @param all the networks in the order in which they apply
     * @return the MTU in bytes, or empty if no network contains the client
     */
    public static OptionalInt of(InetSocketAddress client, List<NetworkMtu> all) {
        return all.stream()
                .filter(each -> each.network.matches(client))
                .mapToInt(each -> each.mtu)
                .findFirst();
    }
}

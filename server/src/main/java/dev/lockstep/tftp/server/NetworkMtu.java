package dev.lockstep.tftp.server;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.OptionalInt;

/** The largest packet for clients of one network, where that of the path as this machine knows it is not right. */
public final class NetworkMtu {
    /** What every link of IPv4 carries (RFC 791). */
    private static final int MIN_MTU = 68;

    private final IpSubnetFilterRule network;
    private final int octets;

    private NetworkMtu(IpSubnetFilterRule network, int octets) {
        this.network = network;
        this.octets = octets;
    }

    /** Reads {@code NETWORK/BITS=OCTETS}. */
    public static NetworkMtu parse(String text) {
        int equals = text.indexOf('=');
        try {
            int octets = Integer.parseInt(text.substring(equals + 1));
            if (equals > 0 && octets >= MIN_MTU && octets <= RequestSettings.ANY_MTU) {
                String network = text.substring(0, equals);
                return new NetworkMtu(new IpSubnetFilterRule(network, IpFilterRuleType.ACCEPT), octets);
            }
        } catch (IllegalArgumentException ignored) {
            // told below
        }
        throw new IllegalArgumentException(
                "mtu: " + text + " (expected: NETWORK/BITS=MTU, as 10.1.0.0/16=1400; an MTU of 68 to 65535)");
    }

    /** What the first of them that has the client says. */
    public static OptionalInt of(InetSocketAddress client, List<NetworkMtu> all) {
        return all.stream()
                .filter(each -> each.network.matches(client))
                .mapToInt(each -> each.octets)
                .findFirst();
    }
}

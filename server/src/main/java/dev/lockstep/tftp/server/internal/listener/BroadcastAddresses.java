package dev.lockstep.tftp.server.internal.listener;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;

/** The addresses that stand for more than one host. A request to one of them is not answered (RFC 1123, 4.2.3.5). */
final class BroadcastAddresses {
    private static final int IPV4_BITS = 32;
    private static final InetAddress LIMITED = NetUtil.createInetAddressFromIpAddressString("255.255.255.255");

    private final Set<InetAddress> broadcasts = new HashSet<>(Set.of(LIMITED));

    private BroadcastAddresses() {}

    /**
     * Reads the broadcast addresses of this machine's networks, as they are now.
     *
     * @throws SocketException if the system does not list its network interfaces
     */
    static BroadcastAddresses ofThisMachine() throws SocketException {
        BroadcastAddresses found = new BroadcastAddresses();
        NetworkInterface.networkInterfaces()
                .flatMap(network -> network.getInterfaceAddresses().stream())
                .forEach(found::add);
        return found;
    }

    /**
     * Returns true if the address is a broadcast address of a local network, a multicast address, or 255.255.255.255.
     */
    boolean contains(InetAddress address) {
        return address.isMulticastAddress() || broadcasts.contains(address);
    }

    private void add(InterfaceAddress address) {
        int hostBits = IPV4_BITS - address.getNetworkPrefixLength();
        if (address.getAddress() instanceof Inet4Address && hostBits > 1) {
            byte[] bytes = address.getAddress().getAddress();
            for (int bit = 0; bit < hostBits; bit++) {
                bytes[bytes.length - 1 - bit / Byte.SIZE] |= (byte) (1 << bit % Byte.SIZE);
            }
            try {
                broadcasts.add(InetAddress.getByAddress(bytes));
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e); // four bytes are always an address
            }
        }
    }
}

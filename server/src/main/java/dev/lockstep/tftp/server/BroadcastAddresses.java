package dev.lockstep.tftp.server;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;

/** The addresses that mean more than one machine: a request to one of them is not answered (RFC 1123, 4.2.3.5). */
final class BroadcastAddresses {
    private static final int IPV4_BITS = 32;

    private final Set<InetAddress> broadcasts = new HashSet<>();

    private BroadcastAddresses() {}

    /** Those of this machine's networks as they are now. */
    static BroadcastAddresses ofThisMachine() throws SocketException {
        BroadcastAddresses found = new BroadcastAddresses();
        NetworkInterface.networkInterfaces()
                .flatMap(network -> network.getInterfaceAddresses().stream())
                .forEach(found::add);
        return found;
    }

    /** Whether that is one, or a multicast address, or the broadcast of whatever network. */
    boolean contains(InetAddress address) {
        return address.isMulticastAddress() || isAllOnes(address) || broadcasts.contains(address);
    }

    private void add(InterfaceAddress address) {
        int hostBits = IPV4_BITS - address.getNetworkPrefixLength();
        if (address.getAddress() instanceof Inet4Address && hostBits > 1) {
            byte[] octets = address.getAddress().getAddress();
            for (int bit = 0; bit < hostBits; bit++) {
                octets[octets.length - 1 - bit / Byte.SIZE] |= (byte) (1 << bit % Byte.SIZE);
            }
            try {
                broadcasts.add(InetAddress.getByAddress(octets));
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e); // four octets are always an address
            }
        }
    }

    private static boolean isAllOnes(InetAddress address) {
        for (byte octet : address.getAddress()) {
            if (octet != -1) {
                return false;
            }
        }
        return true;
    }
}

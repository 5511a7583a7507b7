package dev.lockstep.tftp.server.internal.validation;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Identifies a client for limits and rates: by its IPv4 address, or by its IPv6 /64, within which one host can choose
 * its addresses freely (RFC 4291, section 2.5.4; RFC 8981).
 */
public final class ClientPrefix {
    /**
     * Prefix of the numbers for IPv4 addresses, which is that of IPv4-mapped addresses, where there is no /64 (RFC
     * 4291, section 2.5.5.2).
     */
    private static final long IPV4 = 0xFFFFL << 32;

    private ClientPrefix() {}

    /**
     * Returns a number that is the same for all addresses of one client.
     *
     * @param address the client's address
     */
    public static long of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet4Address ? IPV4 | Integer.toUnsignedLong(bytes.getInt()) : bytes.getLong();
    }
}

package dev.lockstep.tftp.server;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Identifies a client for limits and rates: by its address in IPv4, in IPv6 by its /64, from which one host chooses its
 * addresses freely (RFC 4291, section 2.5.4; RFC 8981).
 */
public final class ClientPrefix {
    /** IPv4 addresses are where no /64 is: below that of the mapped ones (RFC 4291, section 2.5.5.2). */
    private static final long IPV4 = 0xFFFFL << 32;

    private ClientPrefix() {}

    /** Returns a number that is the same for all addresses of one client. */
    public static long of(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet4Address ? IPV4 | Integer.toUnsignedLong(bytes.getInt()) : bytes.getLong();
    }
}

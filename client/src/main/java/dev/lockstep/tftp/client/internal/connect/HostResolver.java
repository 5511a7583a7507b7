package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds the addresses of servers.
 *
 * @param lookup returns all addresses of a name
 * @param family the only family to use, or null for any
 */
public record HostResolver(Lookup lookup, ProtocolFamily family) {
    /** Returns the addresses of a name. */
    @FunctionalInterface
    public interface Lookup {
        /** Returns the addresses in the order in which to try them. */
        @Blocking
        InetAddress[] addressesOf(String host) throws UnknownHostException;
    }

    /**
     * Returns the addresses of a host in the order in which to try them.
     *
     * @throws TftpException if there is none
     */
    @Blocking
    List<InetAddress> resolve(String host) throws TftpException {
        List<InetAddress> addresses;
        try {
            addresses = Stream.of(lookup.addressesOf(host))
                    .filter(address -> family == null || family == familyOf(address))
                    .toList();
        } catch (UnknownHostException e) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "unknown host", e);
        }
        if (addresses.isEmpty()) {
            String missing = family == StandardProtocolFamily.INET ? "no IPv4 address" : "no IPv6 address";
            throw new TftpException(ErrorCode.NOT_DEFINED, missing);
        }
        return addresses;
    }

    private static ProtocolFamily familyOf(InetAddress address) {
        return address instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }
}

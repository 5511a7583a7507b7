package dev.lockstep.tftp.internal.http;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Checks the Host header, against DNS rebinding: a page of another site makes the browser send requests to the address
 * of this port, but under a name of that site. Allowed are literal loopback addresses, {@code localhost}, and names and
 * addresses of a list. An address is compared as an address, so that {@code 127.evil.com} is a name.
 */
final class AllowedHosts {
    private final Set<String> names = new HashSet<>(Set.of("localhost"));
    private final Set<InetAddress> addresses = new HashSet<>();

    /** Creates the check with a list of names and addresses; an IPv6 address may have brackets. */
    AllowedHosts(Set<String> listed) {
        for (String each : listed) {
            InetAddress address = literal(unbracketed(each));
            if (address != null) {
                addresses.add(address);
            } else if (each.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")) {
                names.add(each.toLowerCase(Locale.ROOT));
            } else {
                throw new IllegalArgumentException(each + " (expected: a host name or an address, without a port)");
            }
        }
    }

    /** Returns true if a request with this value of the Host header is served. */
    boolean allows(String header) {
        String host = hostOf(header);
        if (host == null) {
            return false;
        }
        boolean bracketed = host.startsWith("[");
        InetAddress address = literal(unbracketed(host));
        if (address == null) {
            return !bracketed && names.contains(host.toLowerCase(Locale.ROOT));
        }
        return bracketed == host.indexOf(':') >= 0 && (address.isLoopbackAddress() || addresses.contains(address));
    }

    /**
     * Returns true if the origin of a page is that of a Host header: the same host and the same port. The scheme is not
     * compared, since a proxy in front may encrypt.
     */
    static boolean isSameOrigin(String origin, String host) {
        String authority = origin.replaceFirst("^https?://", "");
        return !authority.equals(origin) && authority.equalsIgnoreCase(host);
    }

    /** Returns the host without its port, an IPv6 address in brackets, or null if the header is malformed. */
    private static String hostOf(String header) {
        int end = header.startsWith("[") ? header.indexOf(']') + 1 : header.indexOf(':');
        if (end < 0) {
            return header;
        }
        return header.substring(end).matches("(:\\d{1,5})?") ? header.substring(0, end) : null;
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** Returns a numeric address, or null if the text is something else. Looks no name up. */
    private static InetAddress literal(String text) {
        byte[] bytes = text.indexOf('%') < 0 ? NetUtil.createByteArrayFromIpAddressString(text) : null;
        try {
            return bytes == null ? null : InetAddress.getByAddress(bytes); // an IPv4-mapped address becomes IPv4
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e); // only for another number of bytes
        }
    }
}

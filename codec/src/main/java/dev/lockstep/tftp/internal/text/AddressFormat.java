package dev.lockstep.tftp.internal.text;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Formats addresses for logs and traces: {@code 192.0.2.7:42073}, {@code [2001:db8::7]:42073}. */
public final class AddressFormat {
    private AddressFormat() {}

    /** Returns an address with its port. */
    public static String of(InetSocketAddress address) {
        String host = of(address.getAddress());
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    /** Returns an address without a port, IPv6 in its short form. */
    public static String of(InetAddress address) {
        return NetUtil.toAddressString(address);
    }
}

package dev.lockstep.tftp.channel;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses as logs and traces print them: {@code 192.0.2.7:42073}, {@code [2001:db8::7]:42073}. */
public final class AddressFormat {
    private AddressFormat() {}

    /** An address with its port. */
    public static String of(InetSocketAddress address) {
        String host = of(address.getAddress());
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    /** An address alone, IPv6 in its short form. */
    public static String of(InetAddress address) {
        return NetUtil.toAddressString(address);
    }
}

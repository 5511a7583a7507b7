package dev.lockstep.tftp.server.rules;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** A range of addresses, such as {@code 10.1.0.0/16}, {@code 2001:db8::/32} or a single address. */
public final class IpNetwork {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private final String text;
    private final byte[] prefix;
    private final int bits;

    private IpNetwork(String text, byte[] prefix, int bits) {
        this.text = text;
        this.prefix = prefix;
        this.bits = bits;
    }

    /**
     * Parses a range.
     *
     * @throws IllegalArgumentException if the text is not a range, or has bits set after the prefix
     */
    public static IpNetwork parse(String text) {
        int slash = text.indexOf('/');
        byte[] prefix = literal(slash < 0 ? text : text.substring(0, slash)).getAddress();
        int most = prefix.length * Byte.SIZE;
        int bits = most;
        if (slash >= 0) {
            String length = text.substring(slash + 1);
            if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > most) {
                throw new IllegalArgumentException(text + " (expected: a prefix length of 0 to " + most + ")");
            }
            bits = Integer.parseInt(length);
        }
        IpNetwork network = new IpNetwork(text, prefix, bits);
        for (int bit = bits; bit < most; bit++) {
            if ((prefix[bit / Byte.SIZE] & 0x80 >> bit % Byte.SIZE) != 0) {
                throw new IllegalArgumentException(text + " (expected: no bits set after the first " + bits + ")");
            }
        }
        return network;
    }

    /**
     * Parses a numeric address. Looks no name up.
     *
     * @throws IllegalArgumentException if the text is not an address
     */
    static InetAddress literal(String text) {
        try {
            if (text.indexOf(':') >= 0 && text.indexOf('%') < 0 || isIpv4(text)) {
                return InetAddress.getByName(text);
            }
        } catch (UnknownHostException ignored) {
            // reported below
        }
        throw new IllegalArgumentException(text + " (expected: an address such as 10.1.2.3 or 2001:db8::1)");
    }

    private static boolean isIpv4(String text) {
        if (!IPV4.matcher(text).matches()) {
            return false;
        }
        for (String number : text.split("\\.")) {
            if (Integer.parseInt(number) > 255) {
                return false;
            }
        }
        return true;
    }

    /** Returns true if an address is in this range. */
    public boolean contains(InetAddress address) {
        return contains(address.getAddress());
    }

    /** Returns true if all addresses of another range are in this one. */
    boolean contains(IpNetwork other) {
        return bits <= other.bits && contains(other.prefix);
    }

    private boolean contains(byte[] bytes) {
        if (bytes.length != prefix.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            if (((bytes[bit / Byte.SIZE] ^ prefix[bit / Byte.SIZE]) & 0x80 >> bit % Byte.SIZE) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return text;
    }
}

package dev.lockstep.tftp.harness;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One datagram that arrived, and from whom; the readers make no judgement whether it is good TFTP. */
public final class Datagram {
    public static final int RRQ = 1;
    public static final int WRQ = 2;
    public static final int DATA = 3;
    public static final int ACK = 4;
    public static final int ERROR = 5;
    public static final int OACK = 6;

    private final byte[] bytes;
    private final InetSocketAddress from;

    Datagram(byte[] bytes, InetSocketAddress from) {
        this.bytes = bytes;
        this.from = from;
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public InetSocketAddress from() {
        return from;
    }

    /** The first two octets, or -1 of a datagram without them. */
    public int opcode() {
        return number(0);
    }

    /** The block number of DATA and ACK, the code of ERROR. */
    public int number() {
        return number(2);
    }

    /** What follows the block number of DATA. */
    public byte[] payload() {
        return Arrays.copyOfRange(bytes, Math.min(4, bytes.length), bytes.length);
    }

    /** The text of an ERROR without its NUL. */
    public String text() {
        String text = new String(payload(), StandardCharsets.UTF_8);
        return text.indexOf(0) < 0 ? text : text.substring(0, text.indexOf(0));
    }

    /** The strings of a request or an OACK. */
    public List<String> strings() {
        List<String> strings = new ArrayList<>();
        int start = 2;
        for (int i = 2; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                strings.add(new String(bytes, start, i - start, StandardCharsets.UTF_8));
                start = i + 1;
            }
        }
        return strings;
    }

    /** The options of a request or an OACK, names in lower case. */
    public Map<String, String> options() {
        List<String> strings = strings();
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = opcode() == OACK ? 0 : 2; i + 1 < strings.size(); i += 2) {
            options.putIfAbsent(strings.get(i).toLowerCase(java.util.Locale.ROOT), strings.get(i + 1));
        }
        return options;
    }

    /** An OACK that grants of what this request asks exactly the named options, as they were asked. */
    public byte[] granting(String... names) {
        Set<String> granted = Set.of(names);
        List<String> answer = new ArrayList<>();
        options().forEach((name, value) -> {
            if (granted.contains(name)) {
                answer.add(name);
                answer.add(value);
            }
        });
        return Bytes.oack(answer.toArray(String[]::new));
    }

    private int number(int at) {
        return bytes.length < at + 2 ? -1 : (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }

    @Override
    public String toString() {
        return describe(bytes) + " from " + from;
    }

    /** A datagram in one short line, for the message of a failed expectation. */
    public static String describe(byte[] bytes) {
        Datagram datagram = new Datagram(bytes, null);
        return switch (datagram.opcode()) {
            case RRQ -> "RRQ " + datagram.strings();
            case WRQ -> "WRQ " + datagram.strings();
            case DATA -> "DATA " + datagram.number() + " [" + (bytes.length - 4) + " octets]";
            case ACK -> "ACK " + datagram.number();
            case ERROR -> "ERROR " + datagram.number() + " " + datagram.text();
            case OACK -> "OACK " + datagram.strings();
            default -> "octets " + HexFormat.ofDelimiter(" ").formatHex(bytes, 0, Math.min(64, bytes.length));
        };
    }
}

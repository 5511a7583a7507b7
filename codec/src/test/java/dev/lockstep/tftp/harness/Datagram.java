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

/** A received datagram and its sender. The accessors do not check whether it is valid TFTP. */
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

    /** Returns the opcode; -1 if the datagram has less than two bytes. */
    public int opcode() {
        return number(0);
    }

    /** Returns the block number of DATA and ACK, or the code of ERROR. */
    public int number() {
        return number(2);
    }

    /** Returns the payload of DATA. */
    public byte[] payload() {
        return Arrays.copyOfRange(bytes, Math.min(4, bytes.length), bytes.length);
    }

    /** Returns the text of an ERROR without its NUL. */
    public String text() {
        String text = new String(payload(), StandardCharsets.UTF_8);
        return text.indexOf(0) < 0 ? text : text.substring(0, text.indexOf(0));
    }

    /** Returns the strings of a request or an OACK. */
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

    /** Returns the options of a request or an OACK, with names in lower case. */
    public Map<String, String> options() {
        List<String> strings = strings();
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = opcode() == OACK ? 0 : 2; i + 1 < strings.size(); i += 2) {
            options.putIfAbsent(strings.get(i).toLowerCase(java.util.Locale.ROOT), strings.get(i + 1));
        }
        return options;
    }

    /** Returns an OACK that grants the named options of this request with the requested values. */
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

    /** Describes a datagram in one short line, for the message of a failed expectation. */
    public static String describe(byte[] bytes) {
        Datagram datagram = new Datagram(bytes, null);
        return switch (datagram.opcode()) {
            case RRQ -> "RRQ " + datagram.strings();
            case WRQ -> "WRQ " + datagram.strings();
            case DATA -> "DATA " + datagram.number() + " [" + (bytes.length - 4) + " bytes]";
            case ACK -> "ACK " + datagram.number();
            case ERROR -> "ERROR " + datagram.number() + " " + datagram.text();
            case OACK -> "OACK " + datagram.strings();
            default -> "bytes " + HexFormat.ofDelimiter(" ").formatHex(bytes, 0, Math.min(64, bytes.length));
        };
    }
}

package dev.lockstep.tftp.client.conform;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.lockstep.tftp.codec.TftpOpcode;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A datagram that was sent or received by the tester. The accessors do not check whether it is valid.
 *
 * @param nanos the time
 * @param sent whether the tester sent it
 * @param local the socket of the tester
 * @param remote the other end
 * @param bytes the content; must not be changed
 */
record Packet(long nanos, boolean sent, InetSocketAddress local, InetSocketAddress remote, byte[] bytes) {
    /** Returns the opcode; -1 if the datagram has less than two bytes. */
    int opcode() {
        return number(0);
    }

    /** Returns the block number of DATA and ACK, or the code of an ERROR. */
    int number() {
        return number(2);
    }

    private int number(int at) {
        return bytes.length < at + 2 ? -1 : (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }

    /** Returns the payload of a DATA. */
    byte[] payload() {
        return Arrays.copyOfRange(bytes, Math.min(Datagrams.HEADER, bytes.length), bytes.length);
    }

    /** Returns the text of an ERROR. */
    String text() {
        String text = new String(payload(), ISO_8859_1);
        return text.indexOf(0) < 0 ? text : text.substring(0, text.indexOf(0));
    }

    /** Returns the strings of a request or an OACK. */
    List<String> strings() {
        List<String> strings = new ArrayList<>();
        int start = 2;
        for (int i = 2; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                strings.add(new String(bytes, start, i - start, ISO_8859_1));
                start = i + 1;
            }
        }
        return strings;
    }

    /** Returns the options of a request or an OACK, with names in lower case; the first of several with one name. */
    Map<String, String> options() {
        List<String> strings = strings();
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = opcode() == TftpOpcode.OACK ? 0 : 2; i + 1 < strings.size(); i += 2) {
            options.putIfAbsent(strings.get(i).toLowerCase(Locale.ROOT), strings.get(i + 1));
        }
        return options;
    }

    boolean is(byte[] datagram) {
        return Arrays.equals(bytes, datagram);
    }

    @Override
    public String toString() {
        return Transcript.describe(bytes);
    }
}

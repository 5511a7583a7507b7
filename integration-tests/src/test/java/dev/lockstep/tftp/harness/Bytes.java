package dev.lockstep.tftp.harness;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Datagrams written out as they are on the wire, so that a test reads like the pictures in the RFCs. */
public final class Bytes {
    private Bytes() {}

    /** A number or a character is one octet, a string its UTF-8 octets without a NUL, an array itself. */
    public static byte[] bytes(Object... parts) {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        for (Object part : parts) {
            if (part instanceof Integer octet && octet >= 0 && octet <= 255) {
                wire.write(octet);
            } else if (part instanceof Character letter && letter < 256) {
                wire.write(letter);
            } else if (part instanceof String text) {
                wire.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            } else if (part instanceof byte[] octets) {
                wire.writeBytes(octets);
            } else {
                throw new IllegalArgumentException("part: " + part + " (expected: 0-255, char, String or byte[])");
            }
        }
        return wire.toByteArray();
    }

    /** A read request in octet mode; the options are names and values in turn. */
    public static byte[] rrq(String name, String... options) {
        return bytes(0, 1, name, 0, "octet", 0, strings(options));
    }

    /** A write request in octet mode; the options are names and values in turn. */
    public static byte[] wrq(String name, String... options) {
        return bytes(0, 2, name, 0, "octet", 0, strings(options));
    }

    /** A DATA message; of the count only the low 16 bits are sent. */
    public static byte[] data(long block, byte[] payload) {
        return bytes(0, 3, high(block), low(block), payload);
    }

    /** An ACK message; of the count only the low 16 bits are sent. */
    public static byte[] ack(long block) {
        return bytes(0, 4, high(block), low(block));
    }

    /** An ERROR message with its final NUL. */
    public static byte[] error(int code, String text) {
        return bytes(0, 5, high(code), low(code), text, 0);
    }

    /** An OACK message; the options are names and values in turn. */
    public static byte[] oack(String... options) {
        return bytes(0, 6, strings(options));
    }

    /** Each string with a NUL after it. */
    public static byte[] strings(String... texts) {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        for (String text : texts) {
            wire.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            wire.write(0);
        }
        return wire.toByteArray();
    }

    /** Content of which any two stretches differ, so that a block in the wrong place is seen. */
    public static byte[] pattern(int size) {
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            int word = (i >>> 2) * 0x9E3779B1;
            content[i] = (byte) (word >>> (8 * (i & 3)) ^ word >>> 13);
        }
        return content;
    }

    /** The payload of one block of a content: {@code size} octets, fewer or none for the last. */
    public static byte[] block(byte[] content, long number, int size) {
        int from = (int) Math.min(content.length, (number - 1) * size);
        byte[] payload = new byte[Math.min(size, content.length - from)];
        System.arraycopy(content, from, payload, 0, payload.length);
        return payload;
    }

    private static int high(long number) {
        return (int) (number >>> 8 & 0xFF);
    }

    private static int low(long number) {
        return (int) (number & 0xFF);
    }
}

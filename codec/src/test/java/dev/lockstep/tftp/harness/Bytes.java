package dev.lockstep.tftp.harness;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Builds datagrams as they are on the wire, so that a test reads like the figures in the RFCs. */
public final class Bytes {
    private Bytes() {}

    /**
     * Concatenates the parts: a number or a character is one byte, a string its UTF-8 bytes without a NUL, or an array.
     */
    public static byte[] bytes(Object... parts) {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        for (Object part : parts) {
            if (part instanceof Integer number && number >= 0 && number <= 255) {
                wire.write(number);
            } else if (part instanceof Character letter && letter < 256) {
                wire.write(letter);
            } else if (part instanceof String text) {
                wire.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            } else if (part instanceof byte[] array) {
                wire.writeBytes(array);
            } else {
                throw new IllegalArgumentException("part: " + part + " (expected: 0-255, char, String or byte[])");
            }
        }
        return wire.toByteArray();
    }

    /** Returns a read request in octet mode; the options are alternating names and values. */
    public static byte[] rrq(String name, String... options) {
        return bytes(0, 1, name, 0, "octet", 0, strings(options));
    }

    /** Returns a write request in octet mode; the options are alternating names and values. */
    public static byte[] wrq(String name, String... options) {
        return bytes(0, 2, name, 0, "octet", 0, strings(options));
    }

    /** Returns a DATA message with the low 16 bits of the count as block number. */
    public static byte[] data(long block, byte[] payload) {
        return bytes(0, 3, high(block), low(block), payload);
    }

    /** Returns an ACK message with the low 16 bits of the count as block number. */
    public static byte[] ack(long block) {
        return bytes(0, 4, high(block), low(block));
    }

    /** Returns an ERROR message with its final NUL. */
    public static byte[] error(int code, String text) {
        return bytes(0, 5, high(code), low(code), text, 0);
    }

    /** Returns an OACK message; the options are alternating names and values. */
    public static byte[] oack(String... options) {
        return bytes(0, 6, strings(options));
    }

    /** Returns the strings, each with a NUL after it. */
    public static byte[] strings(String... texts) {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        for (String text : texts) {
            wire.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            wire.write(0);
        }
        return wire.toByteArray();
    }

    /** Returns content in which any two ranges differ, so that a block in the wrong place is detected. */
    public static byte[] pattern(int size) {
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            int word = (i >>> 2) * 0x9E3779B1;
            content[i] = (byte) (word >>> (8 * (i & 3)) ^ word >>> 13);
        }
        return content;
    }

    /** Returns the payload of one block of a content: {@code size} bytes, and fewer or none for the last block. */
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

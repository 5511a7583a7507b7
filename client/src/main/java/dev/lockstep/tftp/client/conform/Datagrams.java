package dev.lockstep.tftp.client.conform;

import static dev.lockstep.tftp.codec.TftpOpcode.ACK;
import static dev.lockstep.tftp.codec.TftpOpcode.DATA;
import static dev.lockstep.tftp.codec.TftpOpcode.ERROR;
import static dev.lockstep.tftp.codec.TftpOpcode.OACK;
import static dev.lockstep.tftp.codec.TftpOpcode.RRQ;
import static dev.lockstep.tftp.codec.TftpOpcode.WRQ;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Builds datagrams in bytes, also those that no codec would encode. */
final class Datagrams {
    /** Bytes before the payload of a DATA. */
    static final int HEADER = 4;

    private static final int BYTE = 0xFF;
    private static final int BYTE_BITS = 8;
    private static final int MULTIPLIER = 0x9E3779B1;
    private static final int MIX_BITS = 13;
    private static final int SEED_SHIFT = 24;

    private Datagrams() {}

    /** Returns a read request in octet mode; options are alternating names and values. */
    static byte[] rrq(String name, String... options) {
        return request(RRQ, name, "octet", options);
    }

    /** Returns a write request in octet mode; options are alternating names and values. */
    static byte[] wrq(String name, String... options) {
        return request(WRQ, name, "octet", options);
    }

    static byte[] request(int opcode, String name, String mode, String... options) {
        return concat(header(opcode), strings(name, mode), strings(options));
    }

    /** Returns a DATA with the low 16 bits of the count as block number. */
    static byte[] data(long block, byte[] payload) {
        byte[] datagram = new byte[HEADER + payload.length];
        System.arraycopy(numbered(DATA, block), 0, datagram, 0, HEADER);
        System.arraycopy(payload, 0, datagram, HEADER, payload.length);
        return datagram;
    }

    /** Returns an ACK with the low 16 bits of the count as block number. */
    static byte[] ack(long block) {
        return numbered(ACK, block);
    }

    static byte[] error(int code, String text) {
        return concat(header(ERROR), number(code), strings(text));
    }

    /** Returns an OACK; options are alternating names and values. */
    static byte[] oack(String... options) {
        return concat(header(OACK), strings(options));
    }

    static byte[] header(int opcode) {
        return number(opcode);
    }

    static byte[] strings(String... texts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String text : texts) {
            bytes.writeBytes(text.getBytes(UTF_8));
            bytes.write(0);
        }
        return bytes.toByteArray();
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    private static byte[] numbered(int opcode, long number) {
        return new byte[] {0, (byte) opcode, (byte) (number >>> BYTE_BITS & BYTE), (byte) (number & BYTE)};
    }

    private static byte[] number(long number) {
        return new byte[] {(byte) (number >>> BYTE_BITS & BYTE), (byte) (number & BYTE)};
    }

    /** Returns the payload of block {@code number} of a content; fewer bytes or none for the last block. */
    static byte[] block(byte[] content, long number, int blksize) {
        int from = (int) Math.min(content.length, (number - 1) * blksize);
        return Arrays.copyOfRange(content, from, Math.min(content.length, from + blksize));
    }

    /** Returns content in which any two blocks differ. */
    static byte[] pattern(int size) {
        return pattern(size, 0);
    }

    /** Returns content in which any two blocks differ, also from those of another seed. */
    static byte[] pattern(int size, int seed) {
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            int word = ((i >>> 2) + (seed << SEED_SHIFT)) * MULTIPLIER;
            content[i] = (byte) (word >>> (BYTE_BITS * (i & 3)) ^ word >>> MIX_BITS);
        }
        return content;
    }
}

package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32;

/** Seeded bytes in which no two blocks are alike: a dropped, duplicated or reordered block changes the hash. */
final class Content {

    private static final int CHUNK = 1 << 20;
    private static final String LINE_ENDS_AND_LETTERS = "\n\n\r\r\r\n\0abcdefgh";

    private Content() {}

    static Path write(Path file, long size) {
        try (var channel = Files.newByteChannel(
                file,
                java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.TRUNCATE_EXISTING,
                java.nio.file.StandardOpenOption.WRITE)) {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            for (long at = 0; at < size; at += CHUNK) {
                fill(chunk.clear(), size, at);
                chunk.limit((int) Math.min(CHUNK, size - at)).position(0);
                while (chunk.hasRemaining()) {
                    channel.write(chunk);
                }
            }
            return open(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path write(Path file, byte[] bytes) {
        try {
            return open(Files.write(file, bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns text with every kind of line end, including lone carriage returns, so that pairs cross block boundaries.
     */
    static byte[] anyText(int size) {
        byte[] text = text(size, LINE_ENDS_AND_LETTERS);
        text[size - 1] = '\r'; // a lone CR at the end has to be flushed
        return text;
    }

    /** Returns text whose only control character is the line feed. */
    static byte[] plainText(int size) {
        return text(size, "\n\nabcdefgh");
    }

    /** Encodes text as RFC 764 requires on the wire: LF as CR LF, CR as CR NUL. */
    static byte[] netascii(byte[] text) {
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        for (byte b : text) {
            switch (b) {
                case '\n' -> wire.writeBytes(new byte[] {'\r', '\n'});
                case '\r' -> wire.writeBytes(new byte[] {'\r', 0});
                default -> wire.write(b);
            }
        }
        return wire.toByteArray();
    }

    static String sha256(Path file) {
        MessageDigest digest = digest();
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    /** Returns the size and checksum of a content, which take less time than a hash. */
    static String summary(long size, CRC32 checksum) {
        return size + " bytes, CRC-32 " + Long.toHexString(checksum.getValue());
    }

    static String summary(byte[] bytes) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        return summary(bytes.length, checksum);
    }

    static String summary(Path file) {
        try {
            return summary(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asserts that both files exist and have the same content. */
    static void assertSame(Path expected, Path actual) {
        try {
            assertThat(Files.mismatch(expected, actual))
                    .as("the first difference of %s to %s", actual, expected)
                    .isEqualTo(-1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] text(int size, String alphabet) {
        Random random = new Random(size);
        byte[] text = new byte[size];
        for (int i = 0; i < size; i++) {
            text[i] = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        }
        return text;
    }

    /** Applies SplitMix64 to the offset, so that any chunk can be generated alone. */
    private static void fill(ByteBuffer chunk, long seed, long from) {
        for (long at = from; chunk.hasRemaining(); at += Long.BYTES) {
            long z = seed + (at + Long.BYTES) * 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            chunk.putLong(z ^ (z >>> 31));
        }
    }

    /**
     * Opens a file to all users: tftpd-hpa and atftpd serve only files readable, and replace only files writable, by
     * all.
     */
    private static Path open(Path file) throws IOException {
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    }
}

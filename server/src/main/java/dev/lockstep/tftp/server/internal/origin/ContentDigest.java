package dev.lockstep.tftp.server.internal.origin;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * Verifies a body by the checksums in the fields of its response: {@code Repr-Digest} and {@code Content-Digest} (RFC
 * 9530), {@code Digest} (RFC 3230), {@code Content-MD5} (RFC 1864) and {@code x-amz-checksum-*}. A checksum of unknown
 * kind or form is ignored.
 */
final class ContentDigest {
    private static final Pattern ITEM = Pattern.compile("([\\w-]+)\\s*=\\s*:?([A-Za-z0-9+/]+={0,2}):?");

    private final List<Expected> all = new ArrayList<>();

    /** A checksum that is computed, and the value that it must have. */
    private abstract static class Expected {
        private final String name;
        private final byte[] value;

        Expected(String name, byte[] value) {
            this.name = name;
            this.value = value;
        }

        abstract void update(ByteBuffer bytes);

        abstract byte[] result();
    }

    private ContentDigest() {}

    /** Returns the checksums of a response, whose field names are in lower case. */
    static ContentDigest of(Map<String, String> fields) {
        ContentDigest digest = new ContentDigest();
        for (String list : List.of("repr-digest", "content-digest", "digest")) {
            Matcher item = ITEM.matcher(fields.getOrDefault(list, ""));
            while (item.find()) {
                digest.add(list + " " + item.group(1), item.group(1), item.group(2));
            }
        }
        digest.add("content-md5", "md5", fields.get("content-md5"));
        for (String kind : List.of("sha256", "sha1", "crc32c", "crc32")) {
            digest.add("x-amz-checksum-" + kind, kind, fields.get("x-amz-checksum-" + kind));
        }
        return digest;
    }

    private void add(String name, String kind, String base64) {
        try {
            byte[] value = base64 == null ? null : Base64.getDecoder().decode(base64);
            if (value != null) {
                expected(name, kind.toLowerCase(Locale.ROOT).replace("-", ""), value)
                        .filter(each -> each.result().length == value.length)
                        .ifPresent(all::add);
            }
        } catch (IllegalArgumentException ignored) {
            // not base64, such as the checksum of an object in parts: of its parts, not of its bytes
        }
    }

    private static Optional<Expected> expected(String name, String kind, byte[] value) {
        return switch (kind) {
            case "crc32c" -> Optional.of(checksum(name, new CRC32C(), value));
            case "crc32" -> Optional.of(checksum(name, new CRC32(), value));
            case "md5" -> Optional.of(hash(name, "MD5", value));
            case "sha", "sha1" -> Optional.of(hash(name, "SHA-1", value));
            case "sha256" -> Optional.of(hash(name, "SHA-256", value));
            case "sha512" -> Optional.of(hash(name, "SHA-512", value));
            default -> Optional.empty();
        };
    }

    private static Expected hash(String name, String algorithm, byte[] value) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each Java platform has it
        }
        return new Expected(name, value) {
            @Override
            void update(ByteBuffer bytes) {
                digest.update(bytes);
            }

            @Override
            byte[] result() {
                return digest.digest();
            }
        };
    }

    private static Expected checksum(String name, Checksum checksum, byte[] value) {
        return new Expected(name, value) {
            @Override
            void update(ByteBuffer bytes) {
                checksum.update(bytes);
            }

            @Override
            byte[] result() {
                return ByteBuffer.allocate(Integer.BYTES)
                        .putInt((int) checksum.getValue())
                        .array();
            }
        };
    }

    /** Adds the next bytes of the body; their position does not change. */
    void update(ByteBuffer bytes) {
        all.forEach(each -> each.update(bytes.duplicate()));
    }

    /** Returns the name of a checksum that does not match the whole body, or empty. Can be called only once. */
    Optional<String> mismatch() {
        return all.stream()
                .filter(each -> !Arrays.equals(each.result(), each.value))
                .map(each -> each.name)
                .findFirst();
    }
}

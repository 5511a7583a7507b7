package dev.lockstep.tftp.server.internal.origin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * The metadata of a file in the spool. Its text is one {@code name=value} for each line, with a checksum in the last
 * one.
 *
 * @param uri the URI of the file, for the operator
 * @param body the name of the file with the content
 * @param size the size in bytes
 * @param checksums the CRC-32C of each block of {@link SpoolFile#BLOCK} bytes
 * @param fields the fields of the response that are needed later, their names in lower case
 * @param requested the time of the request that fetched or validated the file
 * @param received the time of its response
 * @param freshness the freshness of the response
 */
record CacheEntry(
        String uri,
        String body,
        long size,
        int[] checksums,
        Map<String, String> fields,
        Instant requested,
        Instant received,
        Freshness freshness) {
    private static final Set<String> KEPT =
            Set.of("age", "cache-control", "date", "etag", "expires", "last-modified", "vary");
    private static final String FORMAT = "lockstep-cache=1\n";
    private static final String FIELD = "field.";
    private static final String CHECKSUM = "crc32c=";
    private static final int HEX_DIGITS = 8;

    /** Creates the metadata of a response. */
    CacheEntry(
            String uri,
            String body,
            long size,
            int[] checksums,
            Map<String, String> fields,
            Instant requested,
            Instant received) {
        this(uri, body, size, checksums, fields, requested, received, Freshness.of(fields, requested, received));
    }

    /** Returns those fields of a response that are needed later. */
    static Map<String, String> kept(Map<String, String> answered) {
        Map<String, String> fields = new HashMap<>(answered);
        fields.keySet().retainAll(KEPT);
        return fields;
    }

    /** Returns the fields of a request that validates the file. */
    Map<String, String> conditions() {
        Map<String, String> conditions = new HashMap<>();
        if (fields.containsKey("etag")) {
            conditions.put("If-None-Match", fields.get("etag"));
        }
        if (fields.containsKey("last-modified")) {
            conditions.put("If-Modified-Since", fields.get("last-modified"));
        }
        return conditions;
    }

    /** Returns a copy after a validation, with the fields of the response 304 (RFC 9111, 4.3.4). */
    CacheEntry validated(Map<String, String> newFields, Instant newRequested, Instant newReceived) {
        Map<String, String> all = new HashMap<>(fields);
        all.remove("age");
        all.putAll(newFields);
        return new CacheEntry(uri, body, size, checksums, all, newRequested, newReceived);
    }

    /** Returns the number of blocks of a file. */
    static int blocksOf(long bytes) {
        return Math.toIntExact((bytes + SpoolFile.BLOCK - 1) / SpoolFile.BLOCK);
    }

    byte[] toBytes() {
        StringBuilder text = new StringBuilder(FORMAT);
        line(text, "uri", uri);
        line(text, "body", body);
        line(text, "size", Long.toString(size));
        line(text, "requested", requested.toString());
        line(text, "received", received.toString());
        new TreeMap<>(fields).forEach((name, value) -> line(text, FIELD + name, value));
        HexFormat hex = HexFormat.of();
        line(text, "blocks", IntStream.of(checksums).mapToObj(hex::toHexDigits).collect(Collectors.joining()));
        return (text + checksum(text.toString())).getBytes(StandardCharsets.UTF_8);
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(name).append('=').append(value.replaceAll("[\r\n]", " ")).append('\n');
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return CHECKSUM + HexFormat.of().toHexDigits((int) crc.getValue()) + "\n";
    }

    /**
     * Parses the text of an entry.
     *
     * @throws IOException if it is damaged or of another version of this program
     */
    static CacheEntry parse(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.lastIndexOf(CHECKSUM);
        if (!text.startsWith(FORMAT)
                || end < 0
                || !checksum(text.substring(0, end)).equals(text.substring(end))) {
            throw new IOException("metadata is damaged");
        }
        Map<String, String> values = text.substring(0, end)
                .lines()
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        try {
            String blocks = values.get("blocks");
            int[] checksums = IntStream.range(0, blocks.length() / HEX_DIGITS)
                    .map(i -> HexFormat.fromHexDigits(blocks, i * HEX_DIGITS, (i + 1) * HEX_DIGITS))
                    .toArray();
            long size = Long.parseLong(values.get("size"));
            if (checksums.length != blocksOf(size)) {
                throw new IOException("metadata is damaged");
            }
            Map<String, String> fields = values.entrySet().stream()
                    .filter(each -> each.getKey().startsWith(FIELD))
                    .collect(Collectors.toMap(each -> each.getKey().substring(FIELD.length()), Map.Entry::getValue));
            return new CacheEntry(
                    values.get("uri"),
                    values.get("body"),
                    size,
                    checksums,
                    fields,
                    Instant.parse(values.get("requested")),
                    Instant.parse(values.get("received")));
        } catch (RuntimeException e) { // a key is missing or has no valid value
            throw new IOException("metadata is damaged", e);
        }
    }
}

package dev.lockstep.tftp.internal.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A reply. It may be sent any number of times.
 *
 * @param status the status, such as 200
 * @param contentType the type of the body
 * @param body the body, which is not copied
 * @param headers further headers; one with the name of a header that each reply has replaces it
 */
public record HttpReply(int status, String contentType, byte[] body, Map<String, String> headers) {
    /** The header whose value names this version of an asset. */
    static final String ETAG = "ETag";

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "ico", "image/x-icon",
            "json", "application/json");

    /** Copies the headers. */
    public HttpReply {
        headers = Map.copyOf(headers);
    }

    /** Returns a reply of JSON. */
    public static HttpReply json(String text) {
        return ok("application/json", text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a reply of plain text. */
    public static HttpReply text(String text) {
        return ok("text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a reply with a body of any type. */
    public static HttpReply ok(String contentType, byte[] body) {
        return new HttpReply(200, contentType, body, Map.of());
    }

    /** Returns a reply that says in one line why there is nothing else. */
    public static HttpReply error(int status, String text) {
        return new HttpReply(
                status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /**
     * Reads a file of the jar, which browsers keep as long as its content is the same.
     *
     * @param near a class of the same jar; a relative name begins at its package
     * @param name the file, whose extension is that of a page, a style, a script or a picture
     * @throws IllegalArgumentException if there is no such file, or its type is unknown
     */
    public static HttpReply asset(Class<?> near, String name) {
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        try (InputStream file = near.getResourceAsStream(name)) {
            if (file == null || type == null) {
                throw new IllegalArgumentException(name + " (expected: a page, style, script or picture of the jar)");
            }
            byte[] body = file.readAllBytes();
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            String etag = '"' + HexFormat.of().formatHex(digest, 0, 8) + '"';
            return ok(type, body).with("Cache-Control", "no-cache").with(ETAG, etag);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each Java platform has it
        }
    }

    /** Returns this reply with one more header. */
    public HttpReply with(String header, String value) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put(header, value);
        return new HttpReply(status, contentType, body, all);
    }
}

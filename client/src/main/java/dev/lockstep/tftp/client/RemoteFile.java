package dev.lockstep.tftp.client;

import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TransferMode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file on a server.
 *
 * @param host the server's name or address, not resolved yet
 * @param port the server's port for requests, 1 to 65535
 * @param filename the file name in the request
 * @param mode the transfer mode
 */
public record RemoteFile(String host, int port, String filename, TransferMode mode) {
    /** The well-known port. */
    public static final int TFTP_PORT = 69;

    private static final int MAX_PORT = 65535;
    private static final String SCHEME = "tftp://";
    /**
     * Matches a host and a port. An IPv6 address may name an interface, after %25 (RFC 6874, section 2) or after %
     * alone (section 3).
     */
    private static final Pattern AUTHORITY = Pattern.compile(
            "(?:\\[(?<ipv6>[0-9A-Fa-f:.]+)(?:%(?:25)?(?<zone>[^\\[\\]]+))?]|(?<host>[^\\[\\]:]+))(?::(?<port>\\d{1,5}))?");

    private static final char ZONE = '%';
    private static final Pattern MODE = Pattern.compile("(.*);mode=([a-z]+)", Pattern.CASE_INSENSITIVE);
    /** Characters besides letters and digits that need no escape in the path. A semicolon would begin the mode. */
    private static final String PLAIN = "/-._~!$&'()*+,=:@";

    /**
     * Validates the port and the file name.
     *
     * @throws IllegalArgumentException if the port is not 1 to 65535, or the file name contains a NUL, which ends it in
     *     the request
     */
    public RemoteFile {
        if (filename.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "file name: contains a NUL (expected: none, NUL ends the name in the request)");
        }
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
    }

    /**
     * Returns whether the text begins as a TFTP URI.
     *
     * @param text any text
     * @return whether it begins with {@code tftp://}, in any case
     */
    public static boolean isUri(String text) {
        return text.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }

    /**
     * Parses {@code tftp://host[:port]/path[;mode=octet|netascii]} (RFC 3617).
     *
     * @param uri the text to parse
     * @param otherwise the mode if the URI has none
     * @return the file
     * @throws IllegalArgumentException for any other text; the message contains the text and what was expected
     */
    public static RemoteFile parse(String uri, TransferMode otherwise) {
        int slash = uri.indexOf('/', SCHEME.length());
        Matcher authority =
                AUTHORITY.matcher(isUri(uri) ? uri.substring(SCHEME.length(), slash < 0 ? uri.length() : slash) : "");
        if (!authority.matches()) {
            throw new IllegalArgumentException(uri + " (expected: tftp://HOST[:PORT]/PATH[;mode=octet|netascii])");
        }
        String path = slash < 0 ? "" : uri.substring(slash + 1);
        TransferMode mode = otherwise;
        Matcher withMode = MODE.matcher(path);
        if (withMode.matches()) {
            String name = withMode.group(2);
            path = withMode.group(1);
            mode = TransferMode.named(name)
                    .orElseThrow(() ->
                            new IllegalArgumentException(uri + ": mode " + name + " (expected: octet or netascii)"));
        }
        String port = authority.group("port");
        return new RemoteFile(host(authority), port == null ? TFTP_PORT : Integer.parseInt(port), decoded(path), mode);
    }

    private static String host(Matcher authority) {
        if (authority.group("host") != null) {
            return authority.group("host");
        }
        String zone = authority.group("zone");
        return authority.group("ipv6") + (zone == null ? "" : ZONE + decoded(zone));
    }

    /**
     * Returns a file with another name on the same server, in the same mode.
     *
     * @param other the file name
     * @return the file
     */
    public RemoteFile withFilename(String other) {
        return new RemoteFile(host, port, other, mode);
    }

    /**
     * Returns the part of the name after the last slash or backslash. A byte that is not UTF-8 is read as Latin-1, so
     * that the result can name a local file.
     *
     * @return the last element; empty if the name ends with a slash or backslash
     */
    public String lastElement() {
        StringBuilder name = new StringBuilder();
        filename.substring(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1)
                .codePoints()
                .forEach(point -> name.appendCodePoint(isRawByte(point) ? point - TftpCodec.RAW_BYTE : point));
        return name.toString();
    }

    private static boolean isRawByte(int point) {
        return point >= TftpCodec.RAW_BYTE + 0x80 && point <= TftpCodec.RAW_BYTE + 0xFF;
    }

    /** Returns the text of a path. Bytes that are not UTF-8 are kept, as described in {@link TftpCodec#RAW_BYTE}. */
    private static String decoded(String path) {
        ByteBuffer bytes = ByteBuffer.wrap(unescaped(path));
        CharBuffer text = CharBuffer.allocate(bytes.remaining());
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        while (bytes.hasRemaining()) {
            CoderResult result = utf8.decode(bytes, text, true);
            for (int i = 0; i < (result.isError() ? result.length() : 0); i++) {
                text.put((char) (TftpCodec.RAW_BYTE + (bytes.get() & 0xFF)));
            }
        }
        return text.flip().toString();
    }

    private static byte[] unescaped(String path) {
        ByteBuffer in = StandardCharsets.UTF_8.encode(path);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (in.hasRemaining()) {
            byte next = in.get();
            int high = next == '%' && in.remaining() >= 2 ? Character.digit(in.get(), 16) : -1;
            int low = high >= 0 ? Character.digit(in.get(), 16) : -1;
            if (next == '%' && low < 0) {
                throw new IllegalArgumentException(path + " (expected: two hexadecimal digits after each %)");
            }
            out.write(next == '%' ? high << 4 | low : next);
        }
        return out.toByteArray();
    }

    private static String encoded(String path) {
        StringBuilder text = new StringBuilder();
        path.codePoints().forEach(point -> {
            if (Character.isLetterOrDigit(point) || PLAIN.indexOf(point) >= 0) {
                text.appendCodePoint(point);
            } else if (isRawByte(point)) {
                text.append(String.format(Locale.ROOT, "%%%02X", point - TftpCodec.RAW_BYTE));
            } else {
                for (byte escaped : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
                    text.append(String.format(Locale.ROOT, "%%%02X", escaped));
                }
            }
        });
        return text.toString();
    }

    /** Returns the URI, without a default port or mode. */
    @Override
    public String toString() {
        int zone = host.indexOf(ZONE);
        String address = zone < 0 ? host : host.substring(0, zone) + "%25" + encoded(host.substring(zone + 1));
        String name = host.indexOf(':') >= 0 ? "[" + address + "]" : host;
        return SCHEME + name + (port == TFTP_PORT ? "" : ":" + port) + "/" + encoded(filename)
                + (mode == TransferMode.OCTET ? "" : ";mode=" + mode.name().toLowerCase(Locale.ROOT));
    }
}

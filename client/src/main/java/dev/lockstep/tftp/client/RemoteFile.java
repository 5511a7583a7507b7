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
 * @param host a name or an address, not looked up yet
 * @param filename as the server is asked for it
 */
public record RemoteFile(String host, int port, String filename, TransferMode mode) {
    /** The well-known port. */
    public static final int TFTP_PORT = 69;

    private static final int MAX_PORT = 65535;
    private static final String SCHEME = "tftp://";
    /** An IPv6 address may name an interface, after %25 (RFC 6874, section 2) or after % alone (section 3). */
    private static final Pattern AUTHORITY = Pattern.compile(
            "(?:\\[(?<ipv6>[0-9A-Fa-f:.]+)(?:%(?:25)?(?<zone>[^\\[\\]]+))?]|(?<host>[^\\[\\]:]+))(?::(?<port>\\d{1,5}))?");

    private static final char ZONE = '%';
    private static final Pattern MODE = Pattern.compile("(.*);mode=([a-z]+)", Pattern.CASE_INSENSITIVE);
    /** Besides letters and digits, what stands in a URI's path as it is; a semicolon would begin the mode. */
    private static final String PLAIN = "/-._~!$&'()*+,=:@";

    /** Refuses a port that does not exist, and a name that could not be told from its end on the wire. */
    public RemoteFile {
        if (filename.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("file name: holds a NUL (expected: none, NUL ends it on the wire)");
        }
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
        }
    }

    /** Whether that looks like a URI of TFTP rather than a name. */
    public static boolean isUri(String text) {
        return text.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    }

    /**
     * Reads {@code tftp://host[:port]/path[;mode=octet|netascii]} (RFC 3617). Without a mode in the URI, that of
     * {@code otherwise}.
     *
     * @throws IllegalArgumentException for anything else, with the text and what was expected
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

    /** The same place with another file name. */
    public RemoteFile withFilename(String other) {
        return new RemoteFile(host, port, other, mode);
    }

    /**
     * Returns what follows the last slash of the name, of either kind; empty if nothing does. A byte that is not UTF-8
     * is read as Latin-1, so that the result can name a local file.
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

    /** Returns the text of a path. Its bytes that are not UTF-8 are kept, as {@link TftpCodec#RAW_BYTE} says. */
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
            byte octet = in.get();
            int high = octet == '%' && in.remaining() >= 2 ? Character.digit(in.get(), 16) : -1;
            int low = high >= 0 ? Character.digit(in.get(), 16) : -1;
            if (octet == '%' && low < 0) {
                throw new IllegalArgumentException(path + " (expected: two hexadecimal digits after each %)");
            }
            out.write(octet == '%' ? high << 4 | low : octet);
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
                for (byte octet : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
                    text.append(String.format(Locale.ROOT, "%%%02X", octet));
                }
            }
        });
        return text.toString();
    }

    /** As a URI, without what is the default. */
    @Override
    public String toString() {
        int zone = host.indexOf(ZONE);
        String address = zone < 0 ? host : host.substring(0, zone) + "%25" + encoded(host.substring(zone + 1));
        String name = host.indexOf(':') >= 0 ? "[" + address + "]" : host;
        return SCHEME + name + (port == TFTP_PORT ? "" : ":" + port) + "/" + encoded(filename)
                + (mode == TransferMode.OCTET ? "" : ";mode=" + mode.name().toLowerCase(Locale.ROOT));
    }
}

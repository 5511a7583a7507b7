package dev.lockstep.tftp.client;

import dev.lockstep.tftp.codec.TransferMode;
import java.net.URLDecoder;
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
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[^\\[\\]:/]+)(?::(\\d{1,5}))?");
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
        int port = authority.group(2) == null ? TFTP_PORT : Integer.parseInt(authority.group(2));
        return new RemoteFile(unbracketed(authority.group(1)), port, decoded(path), mode);
    }

    /** The same place with another file name. */
    public RemoteFile withFilename(String other) {
        return new RemoteFile(host, port, other, mode);
    }

    /** What follows the last slash of the name, of either kind; empty if nothing does. */
    public String lastElement() {
        return filename.substring(Math.max(filename.lastIndexOf('/'), filename.lastIndexOf('\\')) + 1);
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static String decoded(String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(path + " (expected: two hexadecimal digits after each %)", e);
        }
    }

    private static String encoded(String path) {
        StringBuilder text = new StringBuilder();
        path.codePoints().forEach(point -> {
            if (Character.isLetterOrDigit(point) || PLAIN.indexOf(point) >= 0) {
                text.appendCodePoint(point);
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
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return SCHEME + name + (port == TFTP_PORT ? "" : ":" + port) + "/" + encoded(filename)
                + (mode == TransferMode.OCTET ? "" : ";mode=" + mode.name().toLowerCase(Locale.ROOT));
    }
}

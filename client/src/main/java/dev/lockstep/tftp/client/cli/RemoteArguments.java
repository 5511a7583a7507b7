package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.codec.TransferMode;
import io.netty.util.NetUtil;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the two forms of arguments: URIs, or a file followed by its host and port. */
final class RemoteArguments {
    private static final String DEFAULT_HOST = "127.0.0.1";
    private static final int MAX_CLASSIC = 3;

    /** Matches the URI of another protocol: a scheme, a host with a user and a port, and the rest. */
    private static final Pattern OTHER_URI = Pattern.compile(
            "(?<scheme>[A-Za-z][A-Za-z\\d+.-]*)://(?:[^/@]*@)?(?<host>\\[[^]/]*]|[^:/]*)(?<port>:\\d*)?(?<path>/.*)?");
    /** Schemes whose ports are those of other servers, in lower case. */
    private static final Set<String> OTHER_SERVERS = Set.of("http", "https", "ftp", "ftps", "sftp", "scp", "ssh");
    /** Matches a URI of TFTP with too few slashes. */
    private static final Pattern FEW_SLASHES = Pattern.compile("(?i)tftp:/?(?<rest>[^/].*)");
    /** Matches an IPv4 address followed by a path. */
    private static final Pattern ADDRESS_AND_FILE = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}/.+");
    /** Matches a host followed by a colon and a port, a path, or both. */
    private static final Pattern HOST_AND_FILE = Pattern.compile(
            "(?<host>\\[[\\dA-Fa-f:.%]+]|[A-Za-z\\d][A-Za-z\\d.-]*):(?<port>(?:\\d{1,5}(?=/|$))?)(?<path>.*)");

    private RemoteArguments() {}

    /**
     * Parses {@code URI...} or {@code FILE [HOST [PORT]]}.
     *
     * @throws IllegalArgumentException for any other arguments
     */
    static List<RemoteFile> toGet(List<String> arguments, TransferMode mode) {
        arguments.forEach(RemoteArguments::rejectOtherUri);
        if (arguments.stream().noneMatch(RemoteFile::isUri)) {
            if (arguments.size() == 1) {
                rejectHostAndFile(arguments.get(0));
            }
            return List.of(server(arguments, mode).withFilename(arguments.get(0)));
        }
        List<RemoteFile> files =
                arguments.stream().map(uri -> RemoteFile.parse(uri, mode)).toList();
        for (RemoteFile file : files) {
            if (file.lastElement().isEmpty()) {
                throw new IllegalArgumentException(file + ": names no file (expected: tftp://HOST[:PORT]/PATH)");
            }
        }
        return files;
    }

    /** Returns whether the arguments have the form {@code FILE... URI}. */
    static boolean endInUri(List<String> arguments) {
        return RemoteFile.isUri(arguments.get(arguments.size() - 1));
    }

    /**
     * Returns the server of {@code FILE [HOST [PORT]]}, with an empty file name.
     *
     * @throws IllegalArgumentException for any other arguments
     */
    static RemoteFile server(List<String> arguments, TransferMode mode) {
        arguments.forEach(RemoteArguments::rejectOtherUri);
        if (arguments.size() > MAX_CLASSIC) {
            throw new IllegalArgumentException(
                    String.join(" ", arguments) + " (expected: FILE [HOST [PORT]], or URIs)");
        }
        String host = arguments.size() > 1 ? host(arguments.get(1)) : DEFAULT_HOST;
        int port = arguments.size() > 2 ? port(arguments.get(2)) : RemoteFile.TFTP_PORT;
        return new RemoteFile(host, port, "", mode);
    }

    /** Throws an exception for a URI of another protocol. */
    private static void rejectOtherUri(String text) {
        Matcher other = OTHER_URI.matcher(text);
        if (!RemoteFile.isUri(text) && other.matches()) {
            String path = other.group("path") == null ? "/" : other.group("path");
            boolean keepsPort = other.group("port") != null
                    && !OTHER_SERVERS.contains(other.group("scheme").toLowerCase(Locale.ROOT));
            String place = other.group("host") + (keepsPort ? other.group("port") : "") + path;
            throw new IllegalArgumentException(text + ": not a URI of TFTP (expected: tftp://"
                    + (other.group("host").isEmpty() ? "HOST[:PORT]/PATH" : place) + ")");
        }
    }

    /**
     * Throws an exception for {@code HOST:FILE}, {@code HOST:PORT/FILE} and {@code ADDRESS/FILE}, which are forms of
     * other programs, and for a URI with too few slashes.
     */
    private static void rejectHostAndFile(String text) {
        Matcher few = FEW_SLASHES.matcher(text);
        if (few.matches()) {
            throw new IllegalArgumentException(text + " (expected: tftp://" + few.group("rest") + ")");
        }
        if (ADDRESS_AND_FILE.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    text + " (expected: tftp://" + text + ", or HOST after a file of that name)");
        }
        Matcher form = HOST_AND_FILE.matcher(text);
        if (form.matches()) {
            String port = form.group("port").isEmpty() ? "" : ":" + form.group("port");
            String path = form.group("path");
            throw new IllegalArgumentException(text + " (expected: tftp://" + form.group("host") + port
                    + (path.startsWith("/") ? "" : "/") + path + ", or HOST after a file of that name)");
        }
    }

    /**
     * Returns the name or address of a host.
     *
     * @throws IllegalArgumentException for a host with a port or a path
     */
    private static String host(String text) {
        if (NetUtil.isValidIpV6Address(text)) {
            return text;
        }
        Matcher form = HOST_AND_FILE.matcher(text);
        if (form.matches()) {
            boolean isPort = !form.group("port").isEmpty() && form.group("path").isEmpty();
            throw new IllegalArgumentException("host: " + text + " (expected: "
                    + (isPort ? form.group("host") + " " + form.group("port") : "tftp://HOST[:PORT]/PATH") + ")");
        }
        if (text.isEmpty() || text.indexOf('/') >= 0) {
            throw new IllegalArgumentException("host: " + text + " (expected: a name or an address)");
        }
        return text;
    }

    static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("port: " + text + " (expected: 1 to 65535)", e);
        }
    }
}

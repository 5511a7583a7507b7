package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.server.storage.VirtualPath;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A root with placeholders: {@code {ip}}, {@code {mac}} and {@code {filename:N}}, the Nth element of the name, counted
 * from the end if N is negative. The location before the first placeholder is fixed; the filled path is always below
 * it.
 */
final class RootTemplate {
    private static final Pattern PLACE = Pattern.compile("\\{([^{}]*)}");
    /** The beginning of a URI before its path. */
    private static final Pattern AUTHORITY = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:(//[^/]*)?");

    private static final Pattern PART = Pattern.compile("filename:(-?[1-9]\\d?)");

    private final String fixed;
    private final String rest;
    private final NeighbourTable neighbours;

    private RootTemplate(String fixed, String rest, NeighbourTable neighbours) {
        this.fixed = fixed;
        this.rest = rest;
        this.neighbours = neighbours;
    }

    /**
     * Parses a template.
     *
     * @throws IllegalArgumentException if it has an unknown placeholder, or one in the scheme or the host of a URI
     */
    static RootTemplate parse(String text, NeighbourTable neighbours) {
        Matcher place = PLACE.matcher(text);
        int first = -1;
        while (place.find()) {
            first = first < 0 ? place.start() : first;
            String name = place.group(1);
            if (!name.equals("ip") && !name.equals("mac") && !PART.matcher(name).matches()) {
                throw new IllegalArgumentException(text + " (expected: {ip}, {mac} or {filename:1} in braces)");
            }
        }
        Matcher authority = AUTHORITY.matcher(text);
        int path = authority.lookingAt() ? authority.end() : 0;
        if (first >= 0 && first < path) {
            throw new IllegalArgumentException(text + " (expected: placeholders in the path only)");
        }
        int end = first < 0 ? text.length() : Math.max(path, text.lastIndexOf('/', first) + 1);
        return new RootTemplate(text.substring(0, end), text.substring(end), neighbours);
    }

    /** Returns the fixed location. */
    String fixed() {
        return fixed;
    }

    /** Returns true if there are no placeholders. */
    boolean isFixed() {
        return rest.isEmpty();
    }

    /**
     * Fills the placeholders and returns the path below the fixed directory. Blocks only if there is a {@code {mac}}.
     *
     * @throws TftpException FILE_NOT_FOUND if the value of a placeholder is not known
     */
    @Blocking
    String fill(String name, InetAddress client) throws IOException {
        StringBuilder filled = new StringBuilder();
        Matcher place = PLACE.matcher(rest);
        while (place.find()) {
            place.appendReplacement(filled, Matcher.quoteReplacement(valueOf(place, name, client)));
        }
        return place.appendTail(filled).toString();
    }

    private String valueOf(MatchResult place, String name, InetAddress client) throws IOException {
        String what = place.group(1);
        return switch (what) {
            case "ip" -> AddressFormat.of(client).replace(':', '-'); // on some systems a colon follows a drive letter
            case "mac" ->
                neighbours
                        .hardwareAddressOf(client)
                        .orElseThrow(
                                () -> nothing("{mac}: " + AddressFormat.of(client) + " is not in the neighbour table"));
            default -> part(Integer.parseInt(what.substring(what.indexOf(':') + 1)), name);
        };
    }

    private static String part(int number, String name) throws TftpException {
        List<String> parts = VirtualPath.elementsOf(name);
        int index = number > 0 ? number - 1 : parts.size() + number;
        if (index < 0 || index >= parts.size()) {
            throw nothing("{filename:" + number + "}: the name has " + parts.size() + " parts");
        }
        return parts.get(index);
    }

    private static TftpException nothing(String why) {
        return new TftpException(ErrorCode.FILE_NOT_FOUND, "file not found").because(why);
    }

    /** Returns the part with placeholders. */
    @Override
    public String toString() {
        return rest;
    }
}

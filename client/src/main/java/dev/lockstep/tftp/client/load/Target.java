package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.codec.TransferMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of the load and its weight.
 *
 * @param remote the file; {@code {n}} in its name is replaced by the number of the transfer
 * @param weight how often it is transferred relative to the other files, at least 1
 */
public record Target(RemoteFile remote, int weight) {
    private static final Pattern WEIGHTED = Pattern.compile("(.+)@(\\d{1,6})");
    private static final String NUMBER = "{n}";

    /**
     * Validates the weight.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Target {
        if (weight < 1) {
            throw new IllegalArgumentException("weight of " + remote + ": " + weight + " (expected: >= 1)");
        }
    }

    /**
     * Parses {@code URI[@WEIGHT]}. A file name that itself ends in this form is written with {@code %40}.
     *
     * @param text the text
     * @param mode the transfer mode if the URI has none
     * @return the target
     * @throws IllegalArgumentException for any other text; the message contains it and what was expected
     */
    public static Target parse(String text, TransferMode mode) {
        Matcher weighted = WEIGHTED.matcher(text);
        boolean hasWeight = weighted.matches();
        RemoteFile remote = RemoteFile.parse(hasWeight ? weighted.group(1) : text, mode);
        if (remote.lastElement().isEmpty()) {
            throw new IllegalArgumentException(text + ": names no file (expected: tftp://HOST[:PORT]/PATH[@WEIGHT])");
        }
        return new Target(remote, hasWeight ? Integer.parseInt(weighted.group(2)) : 1);
    }

    /**
     * Returns the file on the server for one transfer.
     *
     * @param number the number of the transfer
     */
    RemoteFile remoteOf(long number) {
        return remote.filename().contains(NUMBER)
                ? remote.withFilename(remote.filename().replace(NUMBER, Long.toString(number)))
                : remote;
    }

    /** Returns the target with the server's address, so that no transfer has to resolve the name. */
    Target at(String address) {
        return new Target(new RemoteFile(address, remote.port(), remote.filename(), remote.mode()), weight);
    }
}

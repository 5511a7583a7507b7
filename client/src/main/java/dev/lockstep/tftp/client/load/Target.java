package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.codec.TransferMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of the load, and how often it is taken in comparison with the others.
 *
 * @param remote of whose name {@code {n}} is replaced by the number of the transfer
 */
public record Target(RemoteFile remote, int weight) {
    private static final Pattern WEIGHTED = Pattern.compile("(.+)@(\\d{1,6})");
    private static final String NUMBER = "{n}";

    /** Refuses a weight below 1. */
    public Target {
        if (weight < 1) {
            throw new IllegalArgumentException("weight of " + remote + ": " + weight + " (expected: >= 1)");
        }
    }

    /**
     * Reads {@code URI[@WEIGHT]}; a name that really ends so is written with {@code %40}.
     *
     * @throws IllegalArgumentException for anything else, with the text and what was expected
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

    /** The file on the server for one transfer. */
    RemoteFile remoteOf(long number) {
        return remote.filename().contains(NUMBER)
                ? remote.withFilename(remote.filename().replace(NUMBER, Long.toString(number)))
                : remote;
    }

    /** The same on the server's address, so that no transfer has to look the name up. */
    Target at(String address) {
        return new Target(new RemoteFile(address, remote.port(), remote.filename(), remote.mode()), weight);
    }
}

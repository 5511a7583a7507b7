package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.codec.TransferMode;
import java.util.List;

/** Parses the two forms of arguments: URIs, or a file followed by its host and port. */
final class RemoteArguments {
    private static final String DEFAULT_HOST = "127.0.0.1";
    private static final int MAX_CLASSIC = 3;

    private RemoteArguments() {}

    /**
     * Parses {@code URI...} or {@code FILE [HOST [PORT]]}.
     *
     * @throws IllegalArgumentException for any other arguments
     */
    static List<RemoteFile> toGet(List<String> arguments, TransferMode mode) {
        if (arguments.stream().noneMatch(RemoteFile::isUri)) {
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
        if (arguments.size() > MAX_CLASSIC) {
            throw new IllegalArgumentException(
                    String.join(" ", arguments) + " (expected: FILE [HOST [PORT]], or URIs)");
        }
        String host = arguments.size() > 1 ? arguments.get(1) : DEFAULT_HOST;
        int port = arguments.size() > 2 ? port(arguments.get(2)) : RemoteFile.TFTP_PORT;
        return new RemoteFile(host, port, "", mode);
    }

    static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("port: " + text + " (expected: 1 to 65535)", e);
        }
    }
}

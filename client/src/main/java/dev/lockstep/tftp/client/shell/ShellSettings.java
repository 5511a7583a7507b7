package dev.lockstep.tftp.client.shell;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.TransferSettings;
import java.util.List;
import java.util.Locale;

/** The settings of a shell, changed by its commands. */
final class ShellSettings {
    private String host;
    private int port = RemoteFile.TFTP_PORT;
    private TransferMode mode = TransferMode.OCTET;
    private int blksize = TftpClientBuilder.BLKSIZE;
    private int windowsize = TftpClientBuilder.WINDOWSIZE;
    private int timeout;
    private boolean size = true;
    private boolean trace;
    private boolean verbose;

    ShellSettings(boolean trace, boolean verbose) {
        this.trace = trace;
        this.verbose = verbose;
    }

    boolean trace() {
        return trace;
    }

    boolean verbose() {
        return verbose;
    }

    /**
     * Sets the server.
     *
     * @param number the port, or null for the well-known one
     * @throws IllegalArgumentException for an invalid port
     */
    void connect(String name, String number) {
        int to = number == null ? RemoteFile.TFTP_PORT : number("port", number, 1, 65535);
        host = name;
        port = to;
    }

    void mode(String name) {
        mode = switch (name.toLowerCase(Locale.ROOT)) {
            case "ascii", "netascii" -> TransferMode.NETASCII;
            case "binary", "image", "octet" -> TransferMode.OCTET;
            default -> throw new IllegalArgumentException("mode: " + name + " (expected: ascii or binary)");
        };
    }

    void blksize(String number) {
        blksize = number("blksize", number, TransferSettings.MIN_BLKSIZE, TransferSettings.MAX_BLKSIZE);
    }

    void windowsize(String number) {
        windowsize = number("windowsize", number, 1, TransferSettings.MAX_WINDOWSIZE);
    }

    void timeout(String number) {
        timeout = number("timeout", number, 0, (int) KnownOption.TIMEOUT.max());
    }

    void toggleSize() {
        size = !size;
    }

    void toggleTrace() {
        trace = !trace;
    }

    void toggleVerbose() {
        verbose = !verbose;
    }

    /**
     * Returns the file with the given name on the server, or the file that a URI names.
     *
     * @throws IllegalArgumentException if no server is set
     */
    RemoteFile remote(String name) {
        if (RemoteFile.isUri(name)) {
            return RemoteFile.parse(name, mode);
        }
        if (host == null) {
            throw new IllegalArgumentException("no server (expected: connect HOST [PORT] first)");
        }
        return new RemoteFile(host, port, name, mode);
    }

    TftpClientBuilder applyTo(TftpClientBuilder builder) {
        return builder.blksize(blksize).windowsize(windowsize).timeout(timeout).size(size);
    }

    /** Returns the settings as lines of text. */
    List<String> describe() {
        return List.of(
                host == null ? "Not connected." : "Connected to " + host + " port " + port + ".",
                "Mode: " + mode.name().toLowerCase(Locale.ROOT) + "  Verbose: " + onOff(verbose) + "  Tracing: "
                        + onOff(trace),
                "Blksize: " + blksize + "  Windowsize: " + windowsize + "  Timeout: "
                        + (timeout == 0 ? "adaptive" : timeout + " s") + "  Tsize: " + onOff(size));
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }

    private static int number(String what, String text, int min, int max) {
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException ignored) {
            // reported below
        }
        throw new IllegalArgumentException(what + ": " + text + " (expected: " + min + " to " + max + ")");
    }
}

package dev.lockstep.tftp.client.shell;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClientBuilder;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.TransferSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The settings of a shell, changed by its commands. */
final class ShellSettings {
    /** A setting that is on or off. */
    enum Toggle {
        TSIZE("Tsize option"),
        TRACE("Packet trace"),
        VERBOSE("Detailed results");

        private final String title;

        Toggle(String title) {
            this.title = title;
        }
    }

    private final Set<Toggle> on = EnumSet.of(Toggle.TSIZE);
    private Path directory = Path.of("");
    private String host;
    private int port = RemoteFile.TFTP_PORT;
    private TransferMode mode = TransferMode.OCTET;
    private int blksize = TftpClientBuilder.BLKSIZE;
    private int windowsize = TftpClientBuilder.WINDOWSIZE;
    private int timeout;

    ShellSettings(boolean trace, boolean verbose) {
        if (trace) {
            on.add(Toggle.TRACE);
        }
        if (verbose) {
            on.add(Toggle.VERBOSE);
        }
    }

    boolean trace() {
        return on.contains(Toggle.TRACE);
    }

    boolean verbose() {
        return on.contains(Toggle.VERBOSE);
    }

    /**
     * Sets the server.
     *
     * @param number the port, or null for the well-known one
     * @throws IllegalArgumentException for an invalid port
     * @throws UnknownHostException if the name has no address
     */
    @Blocking
    void connect(String name, String number) throws UnknownHostException {
        int to = number == null ? RemoteFile.TFTP_PORT : number("port", number, 1, 65535);
        int colon = name.indexOf(':');
        if (colon > 0 && colon == name.lastIndexOf(':')) { // an IPv6 address has more than one
            throw new IllegalArgumentException("host: " + name + " (expected: " + name.substring(0, colon) + " "
                    + name.substring(colon + 1) + ")");
        }
        InetAddress.getByName(name);
        host = name;
        port = to;
    }

    /** Returns the name of the mode, as the protocol has it. */
    String mode() {
        return mode.name().toLowerCase(Locale.ROOT);
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

    /**
     * Switches a setting on or off and returns its new state as a line of text.
     *
     * @param state on or off, or null for the opposite of the current state
     * @throws IllegalArgumentException for any other state
     */
    String toggle(Toggle toggle, String state) {
        if (state != null && !state.equals("on") && !state.equals("off")) {
            throw new IllegalArgumentException(state + " (expected: on or off)");
        }
        if (state == null ? on.contains(toggle) : state.equals("off")) {
            on.remove(toggle);
        } else {
            on.add(toggle);
        }
        return toggle.title + " " + onOff(toggle) + ".";
    }

    /**
     * Sets the directory of local files.
     *
     * @throws IllegalArgumentException if there is no such directory
     */
    void directory(String name) {
        Path to = local(name);
        if (!Files.isDirectory(to)) {
            throw new IllegalArgumentException(to + ": no such directory");
        }
        directory = to;
    }

    /** Returns the absolute name of the directory of local files. */
    Path directory() {
        return directory.toAbsolutePath().normalize();
    }

    /** Returns the local file with the given name. A tilde before the first slash stands for the home directory. */
    Path local(String name) {
        return directory.resolve(
                name.equals("~") || name.startsWith("~/") ? System.getProperty("user.home") + name.substring(1) : name);
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
        return builder.blksize(blksize).windowsize(windowsize).timeout(timeout).size(on.contains(Toggle.TSIZE));
    }

    /** Returns the settings as lines of text. */
    List<String> describe() {
        return List.of(
                host == null ? "Not connected." : "Connected to " + host + " port " + port + ".",
                "Mode: " + mode() + "  Verbose: " + onOff(Toggle.VERBOSE) + "  Tracing: " + onOff(Toggle.TRACE),
                "Blksize: " + blksize + "  Windowsize: " + windowsize + "  Timeout: "
                        + (timeout == 0 ? "adaptive" : timeout + " s") + "  Tsize: " + onOff(Toggle.TSIZE),
                "Local directory: " + directory());
    }

    private String onOff(Toggle toggle) {
        return on.contains(toggle) ? "on" : "off";
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

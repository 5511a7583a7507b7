package dev.lockstep.tftp.server;

import java.util.Locale;

/** What a peer has sent, fit for a line of a log: its names and texts are its own to choose, but not the log's lines. */
public final class Printable {
    private Printable() {}

    /** The text with its control characters written out. */
    public static String of(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (Character.isISOControl(point)) {
                line.append(String.format(Locale.ROOT, "\\x%02x", point));
            } else {
                line.appendCodePoint(point);
            }
        });
        return line.toString();
    }
}

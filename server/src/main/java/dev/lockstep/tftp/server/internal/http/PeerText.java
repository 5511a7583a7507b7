package dev.lockstep.tftp.server.internal.http;

import dev.lockstep.tftp.internal.text.LogSanitizer;

/** Text from peers in the form in which it is kept and shown: escaped, and of limited length. */
final class PeerText {
    /** Longest text in characters before it is escaped; file names are rarely longer. */
    static final int MAX_LENGTH = 256;

    private PeerText() {}

    /** Returns at most {@link #MAX_LENGTH} characters, so that a large datagram is not kept in memory. */
    static String cut(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH - 1) + "…";
    }

    /** Returns the text, cut and escaped. */
    static String of(String text) {
        return LogSanitizer.of(cut(text));
    }
}

package dev.lockstep.tftp.internal.text;

import java.util.Locale;

/** Escapes names and texts from peers so that they fit into one line of a log or a terminal. */
public final class LogSanitizer {
    private static final int TWO_DIGITS = 0xFF;

    private LogSanitizer() {}

    /**
     * Returns the text with everything escaped that a terminal or a reader could misinterpret: control characters (C0,
     * C1 and DEL), format characters such as bidirectional overrides, line and paragraph separators, and unpaired
     * surrogates.
     */
    public static String of(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (isText(point)) {
                line.appendCodePoint(point);
            } else {
                line.append(String.format(Locale.ROOT, point <= TWO_DIGITS ? "\\x%02x" : "\\u{%x}", point));
            }
        });
        return line.toString();
    }

    private static boolean isText(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}

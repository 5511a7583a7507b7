package dev.lockstep.tftp.client.cli;

/**
 * Detects which standard streams are terminals. Java cannot tell for a single stream, so the launcher passes this on.
 */
public final class Terminals {
    public static final String INPUT = "0";
    public static final String OUTPUT = "1";
    public static final String ERRORS = "2";

    /** The control sequence that erases the current line. */
    public static final String ERASE_LINE = "\r\033[K";

    private static final String NO_WRAP = "\033[?7l";
    private static final String WRAP = "\033[?7h";

    private static final String DESCRIPTORS = System.getProperty("tftp.terminals");

    private Terminals() {}

    /**
     * Returns the output that replaces the current line by the text. The terminal truncates the text at its width: a
     * wrapped line could not be erased, and a program cannot follow the width without a signal handler.
     */
    public static String inOneLine(String text) {
        return ERASE_LINE + NO_WRAP + text + WRAP;
    }

    /** Returns whether all of the given streams are terminals. */
    public static boolean are(String... descriptors) {
        if (DESCRIPTORS == null) {
            return System.console() != null; // started without the launcher
        }
        for (String descriptor : descriptors) {
            if (!DESCRIPTORS.contains(descriptor)) {
                return false;
            }
        }
        return true;
    }
}

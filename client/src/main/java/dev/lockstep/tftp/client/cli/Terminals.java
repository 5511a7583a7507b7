package dev.lockstep.tftp.client.cli;

/** Which of the standard streams are terminals. Java can't tell one by one: the launcher has looked. */
final class Terminals {
    static final String INPUT = "0";
    static final String OUTPUT = "1";
    static final String ERRORS = "2";

    /** Erases the line of the cursor. */
    static final String ERASE_LINE = "\r\033[K";

    private static final String NO_WRAP = "\033[?7l";
    private static final String WRAP = "\033[?7h";

    private static final String DESCRIPTORS = System.getProperty("tftp.terminals");

    private Terminals() {}

    /**
     * Returns what replaces the line of the cursor by that text. The terminal cuts it at its own width: a line that
     * wraps could not be erased, and a program can't follow the width without a handler for signals.
     */
    static String inOneLine(String text) {
        return ERASE_LINE + NO_WRAP + text + WRAP;
    }

    /** Whether all of these are. */
    static boolean are(String... descriptors) {
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

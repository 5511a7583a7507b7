package dev.lockstep.tftp.client.cli;

/**
 * Detects which standard streams are terminals. Java cannot tell for a single stream, so the launcher passes this on.
 */
public final class Terminals {
    public static final String INPUT = "0";
    public static final String OUTPUT = "1";
    public static final String ERRORS = "2";

    private static final String DESCRIPTORS = System.getProperty("tftp.terminals");

    private Terminals() {}

    /** Returns whether all of the given streams are terminals on which a line can be rewritten. */
    public static boolean canRewriteLines(String... descriptors) {
        String kind = System.getenv().getOrDefault("TERM", "");
        return !kind.isEmpty() && !kind.equals("dumb") && are(descriptors);
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

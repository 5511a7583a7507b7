package dev.lockstep.tftp.client.cli;

/** Which of the standard streams are terminals. Java can't tell one by one: the launcher has looked. */
final class Terminals {
    static final String INPUT = "0";
    static final String OUTPUT = "1";
    static final String ERRORS = "2";

    private static final String DESCRIPTORS = System.getProperty("tftp.terminals");

    private Terminals() {}

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

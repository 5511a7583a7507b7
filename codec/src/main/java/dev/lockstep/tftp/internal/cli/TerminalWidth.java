package dev.lockstep.tftp.internal.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Looks up the width of the terminal on standard error. */
public final class TerminalWidth {
    /** The width where there is no terminal, or one without a size. */
    public static final int DEFAULT = 80;

    private TerminalWidth() {}

    /** Returns the number of columns. The variable COLUMNS takes precedence, as for other programs. */
    public static int columns() {
        int width = parse(System.getenv("COLUMNS"));
        return width > 0 ? width : ofTerminal();
    }

    /** Returns the number of columns that {@code stty} reports now. */
    public static int ofTerminal() {
        try {
            Process stty = new ProcessBuilder("sh", "-c", "stty size <&2 2>/dev/null")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            stty.getOutputStream().close();
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            int width = parse(size.substring(size.indexOf(' ') + 1).strip());
            return width > 0 ? width : DEFAULT; // a terminal without a size says 0
        } catch (IOException e) {
            return DEFAULT;
        }
    }

    private static int parse(String number) {
        return number != null && number.matches("\\d{1,5}") ? Integer.parseInt(number) : 0;
    }
}

package dev.lockstep.tftp.server.rules;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses a number of bytes: {@code 4096}, {@code 64K}, {@code 512MiB}, {@code 2g}; units of 1024. */
public final class SizeParser {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})(?:([KMGT])(?:I?B)?)?");
    private static final String UNITS = "KMGT";
    private static final int UNIT_BITS = 10;

    private SizeParser() {}

    /**
     * Parses a size.
     *
     * @return the size in bytes, at least 1
     * @throws IllegalArgumentException if the text is not a size, or too large
     */
    public static long parse(String value) {
        Matcher form = FORM.matcher(value.toUpperCase(Locale.ROOT));
        if (!form.matches()) {
            throw expected(value);
        }
        int unit = form.group(2) == null ? 0 : UNITS.indexOf(form.group(2)) + 1;
        long number = Long.parseLong(form.group(1));
        long bytes = number << UNIT_BITS * unit;
        if (bytes < 1 || bytes >> UNIT_BITS * unit != number) {
            throw expected(value);
        }
        return bytes;
    }

    private static IllegalArgumentException expected(String value) {
        return new IllegalArgumentException("'" + value + "' (expected: a size such as 4096, 64K or 512M)");
    }
}

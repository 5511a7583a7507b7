package dev.lockstep.tftp.internal.text;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written as {@code 4096}, {@code 64K}, {@code 512MiB} or {@code 2g}; units of 1024. */
public record ByteSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})(?:([KMGT])(?:I?B)?)?");
    private static final String UNITS = "KMGT";
    private static final int UNIT_BITS = 10;

    /**
     * Parses a size.
     *
     * @param min the smallest valid number of bytes
     * @throws IllegalArgumentException if the text is not a size, too small, or more than {@link Long#MAX_VALUE}
     */
    public static ByteSize parse(String text, long min) {
        Matcher form = FORM.matcher(text.toUpperCase(Locale.ROOT));
        if (form.matches()) {
            int bits = form.group(2) == null ? 0 : UNIT_BITS * (UNITS.indexOf(form.group(2)) + 1);
            long number = Long.parseLong(form.group(1));
            if (number <= Long.MAX_VALUE >> bits && number << bits >= min) {
                return new ByteSize(number << bits);
            }
        }
        throw new IllegalArgumentException("'" + text + "' (expected: a size such as 4096, 64K or 512M)");
    }

    /** Returns the size in the largest unit that divides it, such as {@code 96K}. */
    @Override
    public String toString() {
        int unit = Math.min(UNITS.length(), Long.numberOfTrailingZeros(bytes) / UNIT_BITS);
        return bytes == 0 || unit == 0
                ? Long.toString(bytes)
                : (bytes >> unit * UNIT_BITS) + UNITS.substring(unit - 1, unit);
    }
}

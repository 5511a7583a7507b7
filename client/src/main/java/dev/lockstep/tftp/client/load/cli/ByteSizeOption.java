package dev.lockstep.tftp.client.load.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes with an optional binary unit: {@code 4096}, {@code 64K}, {@code 512MiB}, {@code 2g}. */
record ByteSizeOption(long bytes) {
    /** The default: the size of a typical boot loader. */
    static final ByteSizeOption DEFAULT = new ByteSizeOption(64 * 1024);

    private static final Pattern FORM = Pattern.compile("(\\d{1,12})(?:([KMGT])(?:I?B)?)?");
    private static final String UNITS = "KMGT";
    private static final int UNIT_BITS = 10;

    /** Parses a size for picocli. */
    static final class Converter implements ITypeConverter<ByteSizeOption> {
        @Override
        public ByteSizeOption convert(String value) {
            Matcher form = FORM.matcher(value.toUpperCase(Locale.ROOT));
            int unit = form.matches() && form.group(2) != null ? UNITS.indexOf(form.group(2)) + 1 : 0;
            long number = form.matches() ? Long.parseLong(form.group(1)) : -1;
            if (number < 0 || number > Long.MAX_VALUE >> UNIT_BITS * unit) {
                throw new TypeConversionException("'" + value + "' (expected: a size such as 4096, 64K or 512M)");
            }
            return new ByteSizeOption(number << UNIT_BITS * unit);
        }
    }
}

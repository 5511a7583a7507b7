package dev.lockstep.tftp.server.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of octets as people write it: {@code 4096}, {@code 64K}, {@code 512MiB}, {@code 2g}; units of 1024. */
record ByteSize(long octets) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15})(?:([KMGT])(?:I?B)?)?");
    private static final String UNITS = "KMGT";
    private static final int UNIT_BITS = 10;

    /** Reads one for picocli. */
    static final class Converter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String value) {
            Matcher form = FORM.matcher(value.toUpperCase(Locale.ROOT));
            if (!form.matches()) {
                throw expected(value);
            }
            int unit = form.group(2) == null ? 0 : UNITS.indexOf(form.group(2)) + 1;
            long number = Long.parseLong(form.group(1));
            long octets = number << UNIT_BITS * unit;
            if (octets < 1 || octets >> UNIT_BITS * unit != number) {
                throw expected(value);
            }
            return new ByteSize(octets);
        }

        private static TypeConversionException expected(String value) {
            return new TypeConversionException("'" + value + "' (expected: a size such as 4096, 64K or 512M)");
        }
    }
}

package dev.lockstep.tftp.server.cli;

import dev.lockstep.tftp.server.rules.SizeParser;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes in a flag: {@code 4096}, {@code 64K}, {@code 512MiB}, {@code 2g}; units of 1024. */
record ByteSize(long bytes) {
    /** Parses a size for picocli. */
    static final class Converter implements ITypeConverter<ByteSize> {
        @Override
        public ByteSize convert(String value) {
            try {
                return new ByteSize(SizeParser.parse(value));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}

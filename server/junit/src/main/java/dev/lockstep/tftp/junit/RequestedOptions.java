package dev.lockstep.tftp.junit;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.negotiation.KnownOption;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The options of a request. The methods for known options return an empty value if the option was not requested, or has
 * a value that no server accepts.
 *
 * @param all all options as the client sent them, also unknown ones
 */
public record RequestedOptions(Options all) {
    /** Validates that the options are not null. */
    public RequestedOptions {
        Objects.requireNonNull(all, "options");
    }

    /** {@return the requested block size in bytes (RFC 2348)} */
    public OptionalInt blksize() {
        return number(KnownOption.BLKSIZE);
    }

    /** {@return the requested window size in blocks (RFC 7440)} */
    public OptionalInt windowsize() {
        return number(KnownOption.WINDOWSIZE);
    }

    /** {@return the requested timeout (RFC 2349)} */
    public Optional<Duration> timeout() {
        OptionalLong seconds = KnownOption.TIMEOUT.requestedIn(all);
        return seconds.isPresent() ? Optional.of(Duration.ofSeconds(seconds.getAsLong())) : Optional.empty();
    }

    /** {@return the announced size of an upload in bytes; 0 in a request to read, which asks for the size (RFC 2349)} */
    public OptionalLong tsize() {
        return KnownOption.TSIZE.requestedIn(all);
    }

    /**
     * {@return the value of any option as the client sent it, or empty if it was not requested}
     *
     * @param name the name of the option, in any case
     */
    public Optional<String> value(String name) {
        return all.value(name);
    }

    private OptionalInt number(KnownOption option) {
        OptionalLong value = option.requestedIn(all);
        return value.isPresent()
                ? OptionalInt.of((int) Math.min(value.getAsLong(), Integer.MAX_VALUE))
                : OptionalInt.empty();
    }

    /** Returns the options as {@code name=value}, separated by spaces. */
    @Override
    public String toString() {
        return all.toString();
    }
}

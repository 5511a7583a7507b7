package dev.lockstep.tftp.negotiation;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.Options.Option;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.negotiation.Negotiation.Terms;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The options that both ends support. All values are decimal numbers; in a request, a value of another form counts as not
 * requested. A constant with another form of value overrides {@link #answer} and {@link #acceptInto}.
 *
 * <p>To add an option, add a constant. A server then grants it, a client accepts it, {@link Quirks} can leave it out, and
 * {@code tftpd explain} describes it. A constant does not make the client request the option, and {@link #grant} knows of
 * a file only what is in {@link Terms}. The example in {@code docs/architecture.md} lists the other places.
 */
public enum KnownOption {
    /** Bytes of file data in a DATA (RFC 2348). */
    BLKSIZE(TransferSettings.MIN_BLKSIZE, Long.MAX_VALUE, Acceptance.UP_TO_REQUESTED, TransferSettings.MAX_BLKSIZE) {
        @Override
        OptionalLong grant(long requested, Terms terms) {
            return OptionalLong.of(Math.min(requested, terms.limits().blksize()));
        }

        @Override
        void apply(long value, TransferSettings.Builder settings) {
            settings.blksize((int) value);
        }
    },

    /** Bytes of file data in a DATA, a power of two only (tftp-hpa, FreeBSD). {@link #BLKSIZE} takes precedence. */
    BLKSIZE2(TransferSettings.MIN_BLKSIZE, Long.MAX_VALUE, Acceptance.UP_TO_REQUESTED, TransferSettings.MAX_BLKSIZE) {
        @Override
        OptionalLong grant(long requested, Terms terms) {
            boolean isOverridden = BLKSIZE.requestedIn(terms.options()).isPresent();
            long most = Math.min(requested, terms.limits().blksize());
            return isOverridden ? OptionalLong.empty() : OptionalLong.of(Long.highestOneBit(most));
        }

        @Override
        void apply(long value, TransferSettings.Builder settings) {
            settings.blksize((int) value);
        }
    },

    /**
     * Window size: number of DATA sent for one ACK (RFC 7440). Up to 65535 may be requested, at most
     * {@link TransferSettings#MAX_WINDOWSIZE} is granted.
     */
    WINDOWSIZE(1, 65535, Acceptance.UP_TO_REQUESTED, TransferSettings.MAX_WINDOWSIZE) {
        @Override
        OptionalLong grant(long requested, Terms terms) {
            return OptionalLong.of(Math.min(requested, terms.limits().windowFor(terms.blksize())));
        }

        @Override
        void apply(long value, TransferSettings.Builder settings) {
            settings.windowsize((int) value);
        }

        @Override
        public String describe(String requested, String granted, Terms terms) {
            TransferLimits limits = terms.limits();
            return granted.equals(requested)
                    ? AS_ASKED
                    : "the most that " + limits.windowsize() + " blocks and " + limits.windowBytes() + " bytes allow";
        }
    },

    /** Retransmission timeout in seconds (RFC 2349). */
    TIMEOUT(1, 255, Acceptance.EXACTLY_REQUESTED, Integer.MAX_VALUE) {
        @Override
        void apply(long value, TransferSettings.Builder settings) {
            settings.timeout(Duration.ofSeconds(value));
        }
    },

    /** Retransmission timeout in microseconds (tftp-hpa). */
    UTIMEOUT(10_000, 255_000_000, Acceptance.EXACTLY_REQUESTED, Integer.MAX_VALUE) {
        @Override
        void apply(long value, TransferSettings.Builder settings) {
            settings.timeout(Duration.ofNanos(value * 1000));
        }
    },

    /** Size of the file in bytes (RFC 2349). The request to read a file contains 0, the reply its size. */
    TSIZE(0, Long.MAX_VALUE, Acceptance.ANY, Long.MAX_VALUE) {
        @Override
        OptionalLong grant(long requested, Terms terms) {
            long size = terms.isWrite() ? requested : terms.size();
            return size < 0 ? OptionalLong.empty() : OptionalLong.of(size);
        }

        @Override
        void apply(long value, TransferSettings.Builder settings) {
            settings.tsize(value);
        }

        @Override
        public String describe(String requested, String granted, Terms terms) {
            return terms.isWrite() ? "as announced" : "the size of the file";
        }

        @Override
        public String describeOmission(Terms terms) {
            return !terms.isWrite() && terms.size() < 0 ? "size not known in advance" : super.describeOmission(terms);
        }
    },

    /** Block number that follows 65535: 0 or 1 (tftp-hpa fork, atftp). */
    ROLLOVER(0, 1, Acceptance.EXACTLY_REQUESTED, 1) {
        @Override
        void apply(long value, TransferSettings.Builder settings) {
            settings.rollover((int) value);
        }
    };

    /** The values that a client accepts in an OACK. */
    private enum Acceptance {
        ANY,
        UP_TO_REQUESTED,
        EXACTLY_REQUESTED
    }

    private static final String AS_ASKED = "as asked";
    private static final KnownOption[] ALL = values();

    private final String key;
    private final long min;
    private final long max;
    private final Acceptance acceptance;
    private final long maxAccepted;

    /**
     * Creates an option.
     *
     * @param min the smallest valid value
     * @param max the largest valid value in a request
     * @param acceptance which values a client accepts
     * @param maxAccepted the largest valid value in an OACK
     */
    KnownOption(long min, long max, Acceptance acceptance, long maxAccepted) {
        this.key = name().toLowerCase(Locale.ROOT);
        this.min = min;
        this.max = max;
        this.acceptance = acceptance;
        this.maxAccepted = maxAccepted;
    }

    /** Creates an option whose value is not a number. It overrides {@link #answer} and {@link #acceptInto}. */
    KnownOption() {
        this(1, 0, Acceptance.ANY, 0);
    }

    /**
     * {@return the known option with the name of an option on the wire, in any case; empty if there is none}
     *
     * @param wire an option of any name
     */
    public static Optional<KnownOption> named(Option wire) {
        String key = wire.key();
        for (KnownOption option : ALL) {
            if (option.key.equals(key)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    /** {@return the name on the wire, in lower case} */
    public String key() {
        return key;
    }

    /** {@return the largest valid value in a request} */
    public long max() {
        return max;
    }

    /**
     * {@return this option with a value, for a request or an OACK}
     *
     * @param value the value
     */
    public Option with(long value) {
        return new Option(key, Long.toString(value));
    }

    /**
     * {@return the value in a request; empty if the option is not requested or its value is not valid}
     *
     * @param options the options of the request
     */
    public OptionalLong requestedIn(Options options) {
        return options.number(key, min, max);
    }

    /** {@return whether the value is the block size in bytes} */
    public boolean isBlockSize() {
        return this == BLKSIZE || this == BLKSIZE2;
    }

    /**
     * Returns the value that a server grants, as text, and sets it in the settings of the transfer. By default, the number of
     * {@link #grant}. Called on the event loop, like that method.
     *
     * @param asked the option of the request
     * @param terms all that the value may depend on
     * @return the value of the OACK; empty to leave the option out
     */
    Optional<String> answer(Option asked, Terms terms, TransferSettings.Builder settings) {
        OptionalLong granted = terms.granted(this);
        if (granted.isEmpty()) {
            return Optional.empty();
        }
        apply(granted.getAsLong(), settings);
        boolean asIs = Options.number(asked, 0, Long.MAX_VALUE).equals(granted); // keeps leading zeros
        return Optional.of(asIs ? asked.value() : Long.toString(granted.getAsLong()));
    }

    /**
     * Validates what a server has granted, and sets it in the settings of the transfer. By default, a number.
     *
     * @param asked the option of the request
     * @param granted the option of the OACK
     * @throws TftpException OPTION_REFUSED if the request does not allow the value
     */
    void acceptInto(Option asked, Option granted, TransferSettings.Builder settings) throws TftpException {
        apply(accept(asked, granted), settings);
    }

    /**
     * Returns the value that a server grants; empty to leave the option out of the OACK. By default, the requested one.
     * Called on the event loop, after the file has been opened, so it must not block: what depends on the file is in the
     * terms.
     *
     * @param requested a valid value
     * @param terms all that the value may depend on
     */
    OptionalLong grant(long requested, Terms terms) {
        return OptionalLong.of(requested);
    }

    /**
     * Returns the value of an OACK.
     *
     * @param requested the option of the request
     * @param granted the option of the OACK
     * @throws TftpException OPTION_REFUSED if the request does not allow the value
     */
    final long accept(Option requested, Option granted) throws TftpException {
        long asked = Options.number(requested, 0, Long.MAX_VALUE).orElse(-1);
        long least = acceptance == Acceptance.EXACTLY_REQUESTED ? asked : min;
        long most = acceptance == Acceptance.ANY ? maxAccepted : Math.min(asked, maxAccepted);
        return Options.number(granted, least, most)
                .orElseThrow(() -> new TftpException(
                        ErrorCode.OPTION_REFUSED,
                        "option " + granted.name() + ": " + granted.value() + " (expected: "
                                + (least == most ? "" : least + " to ") + most + ")"));
    }

    /** Sets a granted or accepted number in the settings of a transfer. By default, it has no effect on them. */
    void apply(long value, TransferSettings.Builder settings) {}

    /**
     * Describes why a server grants a value. By default, a value other than the requested one is the most that a limit
     * allows; an option with another meaning overrides this method.
     *
     * @param requested the value in the request
     * @param granted the value in the OACK
     * @param terms the terms on which it was granted
     * @return the reason in words
     */
    public String describe(String requested, String granted, Terms terms) {
        return granted.equals(requested) ? AS_ASKED : "the most by limit";
    }

    /**
     * Describes why a server leaves this option out although it is requested.
     *
     * @param terms the terms of the request
     * @return the reason in words
     */
    public String describeOmission(Terms terms) {
        return "invalid value, or overridden by another option";
    }
}

package dev.lockstep.tftp.negotiation;

import static dev.lockstep.tftp.codec.Options.BLKSIZE;
import static dev.lockstep.tftp.codec.Options.BLKSIZE2;
import static dev.lockstep.tftp.codec.Options.ROLLOVER;
import static dev.lockstep.tftp.codec.Options.TIMEOUT;
import static dev.lockstep.tftp.codec.Options.TSIZE;
import static dev.lockstep.tftp.codec.Options.UTIMEOUT;
import static dev.lockstep.tftp.codec.Options.WINDOWSIZE;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.Options.Option;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.io.Source;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Negotiates options (RFC 2347, 2348, 2349, 7440). One pure function for each side turns options and limits into
 * settings; the server's also returns the OACK. A server leaves out options that it does not grant. A client refuses
 * options that it did not request.
 */
public final class Negotiation {
    private static final long MIN_UTIMEOUT = 10_000;
    private static final long MAX_UTIMEOUT = 255_000_000;
    private static final long MAX_TIMEOUT = 255;
    /**
     * The largest window that may be requested (RFC 7440). At most {@link TransferSettings#MAX_WINDOWSIZE} is granted.
     */
    private static final long MAX_ASKED_WINDOWSIZE = 65535;

    private String blksizeOption;
    private int blksize = TransferSettings.PLAIN.blksize();
    private int windowsize = 1;
    private Duration timeout = Duration.ZERO;
    private long tsize = Source.UNKNOWN_SIZE;
    private int rollover;

    private Negotiation() {}

    /**
     * The server's result of a negotiation.
     *
     * @param settings the settings of the transfer
     * @param oack the options to acknowledge, to be sent as the first message; no OACK is sent if it is empty
     */
    public record Grant(TransferSettings settings, Options oack) {}

    /** Answers a request without quirks; see {@link #answer(Request, TransferLimits, Quirks, long)}. */
    public static Grant answer(Request request, TransferLimits limits, long size) {
        return answer(request, limits, Quirks.NONE, size);
    }

    /**
     * Returns what a server grants for a request.
     *
     * @param most the limits of the server
     * @param quirks the deviations from the protocol that this client needs
     * @param size the size in bytes of the file to be read, or {@link Source#UNKNOWN_SIZE}; ignored for a write
     */
    public static Grant answer(Request request, TransferLimits most, Quirks quirks, long size) {
        TransferLimits limits = quirks.narrow(most);
        Options effective = quirks.effectiveOptions(request.options());
        Negotiation agreed = new Negotiation();
        boolean write = request instanceof WriteRequest;
        agreed.rollover = quirks.rollover();
        agreed.agreeOnBlksize(effective, limits);
        Options oack = Options.NONE;
        for (Option asked : effective) {
            OptionalLong granted = agreed.grant(asked, limits, write, size);
            if (granted.isPresent()) {
                boolean asIs = Options.number(asked, 0, Long.MAX_VALUE).equals(granted); // keeps leading zeros
                oack = oack.with(asked.name(), asIs ? asked.value() : Long.toString(granted.getAsLong()));
            }
        }
        if (!write) {
            agreed.tsize = size; // known to this side, even if the client did not request it
        }
        return new Grant(agreed.settings(), oack);
    }

    /**
     * Returns the settings that a client derives from an OACK.
     *
     * @param asked the options of the request
     * @param oack the options of the OACK
     * @throws TftpException OPTION_REFUSED if the OACK contains an option that was not requested, or a value outside of
     *     the requested range
     */
    public static TransferSettings accept(Options asked, Options oack) throws TftpException {
        for (Option granted : oack) {
            if (!asked.has(granted.name())) {
                throw new TftpException(ErrorCode.OPTION_REFUSED, "option " + granted.name() + ": not requested");
            }
        }
        Negotiation agreed = new Negotiation();
        for (Option wanted : asked) { // in the order of the request: of timeout and utimeout the later one counts
            Optional<String> granted = oack.value(wanted.name());
            if (granted.isPresent()) {
                agreed.accept(new Option(wanted.name(), granted.get()), wanted);
            }
        }
        return agreed.settings();
    }

    private TransferSettings settings() {
        return new TransferSettings(blksize, windowsize, timeout, tsize, rollover);
    }

    /**
     * Decides on the block size before the other options, because the limit of the window in bytes depends on it.
     * {@code blksize} takes precedence over {@code blksize2}.
     */
    private void agreeOnBlksize(Options asked, TransferLimits limits) {
        OptionalLong exact = asked.number(BLKSIZE, TransferSettings.MIN_BLKSIZE, Long.MAX_VALUE);
        OptionalLong power = asked.number(BLKSIZE2, TransferSettings.MIN_BLKSIZE, Long.MAX_VALUE);
        if (exact.isPresent()) {
            blksizeOption = BLKSIZE;
            blksize = (int) Math.min(exact.getAsLong(), limits.blksize());
        } else if (power.isPresent()) {
            blksizeOption = BLKSIZE2;
            blksize = (int) Long.highestOneBit(Math.min(power.getAsLong(), limits.blksize()));
        }
    }

    /**
     * Returns the value to acknowledge for an option, or empty to leave the option out. A value that is out of range is
     * treated as not requested.
     */
    private OptionalLong grant(Option asked, TransferLimits limits, boolean write, long size) {
        switch (asked.key()) {
            case BLKSIZE, BLKSIZE2 -> {
                boolean granted = asked.key().equals(blksizeOption);
                return granted ? OptionalLong.of(blksize) : OptionalLong.empty();
            }
            case WINDOWSIZE -> {
                OptionalLong number = Options.number(asked, 1, MAX_ASKED_WINDOWSIZE);
                number.ifPresent(wanted -> windowsize = (int) Math.min(wanted, limits.windowFor(blksize)));
                return number.isPresent() ? OptionalLong.of(windowsize) : number;
            }
            case TSIZE -> {
                OptionalLong number = Options.number(asked, 0, Long.MAX_VALUE);
                if (write) {
                    number.ifPresent(announced -> tsize = announced);
                    return number;
                }
                return number.isPresent() && size >= 0 ? OptionalLong.of(size) : OptionalLong.empty();
            }
            default -> {
                return grantExactly(asked);
            }
        }
    }

    /** Returns the value of an option that is acknowledged with the requested value or not at all. */
    private OptionalLong grantExactly(Option asked) {
        OptionalLong number;
        switch (asked.key()) {
            case TIMEOUT -> {
                number = Options.number(asked, 1, MAX_TIMEOUT);
                number.ifPresent(seconds -> timeout = Duration.ofSeconds(seconds));
            }
            case UTIMEOUT -> {
                number = Options.number(asked, MIN_UTIMEOUT, MAX_UTIMEOUT);
                number.ifPresent(micros -> timeout = Duration.ofNanos(micros * 1000));
            }
            case ROLLOVER -> {
                number = Options.number(asked, 0, 1);
                number.ifPresent(next -> rollover = (int) next);
            }
            default -> number = OptionalLong.empty();
        }
        return number;
    }

    private void accept(Option granted, Option wanted) throws TftpException {
        switch (granted.key()) {
            case BLKSIZE, BLKSIZE2 -> {
                long most = Options.number(wanted, 0, Long.MAX_VALUE).orElse(0);
                blksize = (int)
                        inRange(granted, TransferSettings.MIN_BLKSIZE, Math.min(most, TransferSettings.MAX_BLKSIZE));
            }
            case WINDOWSIZE -> {
                long most = Options.number(wanted, 0, Long.MAX_VALUE).orElse(0);
                windowsize = (int) inRange(granted, 1, Math.min(most, TransferSettings.MAX_WINDOWSIZE));
            }
            case TSIZE -> tsize = inRange(granted, 0, Long.MAX_VALUE);
            case TIMEOUT -> timeout = Duration.ofSeconds(same(granted, wanted));
            case UTIMEOUT -> timeout = Duration.ofNanos(same(granted, wanted) * 1000);
            case ROLLOVER -> {
                inRange(granted, 0, 1);
                rollover = (int) same(granted, wanted);
            }
            default -> {
                // an option that the caller requested and interprets
            }
        }
    }

    private static long inRange(Option granted, long min, long max) throws TftpException {
        return Options.number(granted, min, max).orElseThrow(() -> refused(granted, min + " to " + max));
    }

    private static long same(Option granted, Option wanted) throws TftpException {
        long asked = Options.number(wanted, 0, Integer.MAX_VALUE).orElse(-1);
        return Options.number(granted, asked, asked).orElseThrow(() -> refused(granted, Long.toString(asked)));
    }

    private static TftpException refused(Option granted, String expected) {
        return new TftpException(
                ErrorCode.OPTION_REFUSED,
                "option " + granted.name() + ": " + granted.value() + " (expected: " + expected + ")");
    }
}

package dev.lockstep.tftp.transfer;

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
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Options and limits in, settings and OACK out: one pure function for each side (RFC 2347, 2348, 2349, 7440).
 * A server leaves out what it won't honour; a client refuses what it did not ask for.
 */
public final class Negotiation {
    private static final long MIN_UTIMEOUT = 10_000;
    private static final long MAX_UTIMEOUT = 255_000_000;
    private static final long MAX_TIMEOUT = 255;
    /** The widest window that may be asked for (RFC 7440); {@link TransferSettings#MAX_WINDOWSIZE} is granted for it. */
    private static final long MAX_ASKED_WINDOWSIZE = 65535;

    private String blksizeOption;
    private int blksize = TransferSettings.PLAIN.blksize();
    private int windowsize = 1;
    private Duration timeout = Duration.ZERO;
    private long tsize = Source.UNKNOWN_SIZE;
    private int rollover;

    private Negotiation() {}

    /**
     * What a server grants.
     *
     * @param oack to be sent before anything else, unless it is empty
     */
    public record Grant(TransferSettings settings, Options oack) {}

    /** As {@link #answer(Request, Limits, Quirks, long)}, without quirks. */
    public static Grant answer(Request request, Limits limits, long size) {
        return answer(request, limits, Quirks.NONE, size);
    }

    /**
     * The server's side.
     *
     * @param size of the file to be read, or {@link Source#UNKNOWN_SIZE}; has no meaning for a write
     */
    public static Grant answer(Request request, Limits most, Quirks quirks, long size) {
        Limits limits = quirks.narrow(most);
        Options effective = quirks.effectiveOptions(request.options());
        Negotiation agreed = new Negotiation();
        boolean write = request instanceof WriteRequest;
        agreed.rollover = quirks.rollover();
        agreed.agreeOnBlksize(effective, limits);
        Options oack = Options.NONE;
        for (Option asked : effective) {
            OptionalLong granted = agreed.grant(asked, limits, write, size);
            if (granted.isPresent()) {
                boolean asIs = Options.number(asked, 0, Long.MAX_VALUE).equals(granted); // leading zeros and all
                oack = oack.with(asked.name(), asIs ? asked.value() : Long.toString(granted.getAsLong()));
            }
        }
        if (!write) {
            agreed.tsize = size; // known here, whether the client wants to know or not
        }
        return new Grant(agreed.settings(), oack);
    }

    /**
     * The client's side.
     *
     * @throws TftpException OPTION_REFUSED for an option nobody asked for, or a value that is not in what was asked
     */
    public static TransferSettings accept(Options asked, Options oack) throws TftpException {
        for (Option granted : oack) {
            if (!asked.has(granted.name())) {
                throw new TftpException(ErrorCode.OPTION_REFUSED, "option " + granted.name() + ": not asked for");
            }
        }
        Negotiation agreed = new Negotiation();
        for (Option wanted : asked) { // in the order of the request: of two timeouts its later one counts
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

    /** Known first, since the window's limit in bytes needs it. An exact size goes before a power of two. */
    private void agreeOnBlksize(Options asked, Limits limits) {
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

    /** The value to echo for an option, or nothing to leave it out; out of range counts as not asked. */
    private OptionalLong grant(Option asked, Limits limits, boolean write, long size) {
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

    /** Options that are echoed as they came or not at all. */
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
                // asked for by a caller who knows what it means
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

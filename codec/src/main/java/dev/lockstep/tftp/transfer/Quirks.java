package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.Options;
import java.util.HashSet;
import java.util.Set;

/**
 * What a server does otherwise than it should, for clients that need it so.
 *
 * @param ignoresAllOptions whether all options go unheard, as by a server of RFC 1350
 * @param ignoredOptions names of options, in lower case, that are left out whoever asks for them
 * @param blksize the largest block
 * @param rollover the block number after 65535 where none was asked for: 0 or 1
 */
public record Quirks(boolean ignoresAllOptions, Set<String> ignoredOptions, int blksize, int rollover) {
    /** None: all by the book. */
    public static final Quirks NONE = new Quirks(false, Set.of(), TransferSettings.MAX_BLKSIZE, 0);
    /** Options don't exist. */
    public static final Quirks NO_OPTIONS = new Quirks(true, Set.of(), TransferSettings.MAX_BLKSIZE, 0);
    /** 1 follows 65535. */
    public static final Quirks ROLLOVER_TO_1 = new Quirks(false, Set.of(), TransferSettings.MAX_BLKSIZE, 1);

    /** Refuses what could not be sent. */
    public Quirks {
        ignoredOptions = Set.copyOf(ignoredOptions);
        Limits.require("blksize", blksize, TransferSettings.MIN_BLKSIZE, TransferSettings.MAX_BLKSIZE);
        Limits.require("rollover", rollover, 0, 1);
    }

    /** Leaves that option out. */
    public static Quirks without(String option) {
        return new Quirks(false, Set.of(option), TransferSettings.MAX_BLKSIZE, 0);
    }

    /** No larger block than that. */
    public static Quirks blksizeUpTo(int octets) {
        return new Quirks(false, Set.of(), octets, 0);
    }

    /** These and others. */
    public Quirks and(Quirks other) {
        Set<String> both = new HashSet<>(ignoredOptions);
        both.addAll(other.ignoredOptions);
        return new Quirks(
                ignoresAllOptions || other.ignoresAllOptions,
                both,
                Math.min(blksize, other.blksize),
                Math.max(rollover, other.rollover));
    }

    /** The limits, narrowed to what the client can take. */
    public Limits narrow(Limits limits) {
        return blksize < limits.blksize() ? limits.withBlksize(blksize) : limits;
    }

    /** What is left of the options asked for. */
    Options effectiveOptions(Options asked) {
        Options effectiveOptions = Options.NONE;
        if (!ignoresAllOptions) {
            for (Options.Option option : asked) {
                effectiveOptions = ignoredOptions.contains(option.key())
                        ? effectiveOptions
                        : effectiveOptions.with(option.name(), option.value());
            }
        }
        return effectiveOptions;
    }
}

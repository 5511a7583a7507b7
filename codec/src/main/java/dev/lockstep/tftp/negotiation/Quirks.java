package dev.lockstep.tftp.negotiation;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.Options.Option;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Deviations from the protocol that a server applies for clients that need them.
 *
 * @param ignoresAllOptions whether all options are ignored, as by a server of RFC 1350
 * @param ignoredOptions options that are never granted
 * @param blksize the largest block size in bytes
 * @param rollover the block number after 65535 if none was negotiated: 0 or 1
 */
public record Quirks(boolean ignoresAllOptions, Set<KnownOption> ignoredOptions, int blksize, int rollover) {
    /** No deviations. */
    public static final Quirks NONE = new Quirks(false, Set.of(), TransferSettings.MAX_BLKSIZE, 0);
    /** Ignores all options. */
    public static final Quirks NO_OPTIONS = new Quirks(true, Set.of(), TransferSettings.MAX_BLKSIZE, 0);
    /** Block number 1 follows 65535. */
    public static final Quirks ROLLOVER_TO_1 = new Quirks(false, Set.of(), TransferSettings.MAX_BLKSIZE, 1);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public Quirks {
        ignoredOptions = Set.copyOf(ignoredOptions);
        TransferLimits.require("blksize", blksize, TransferSettings.MIN_BLKSIZE, TransferSettings.MAX_BLKSIZE);
        TransferLimits.require("rollover", rollover, 0, 1);
    }

    /** Returns quirks that ignore these options. */
    public static Quirks without(KnownOption... options) {
        return new Quirks(false, Set.of(options), TransferSettings.MAX_BLKSIZE, 0);
    }

    /**
     * Returns quirks that limit the block size.
     *
     * @param size the largest block size in bytes
     */
    public static Quirks blksizeUpTo(int size) {
        return new Quirks(false, Set.of(), size, 0);
    }

    /**
     * Returns the combination of these quirks and others; the smaller block size limit and the higher rollover apply.
     */
    public Quirks and(Quirks other) {
        Set<KnownOption> both = new HashSet<>(ignoredOptions);
        both.addAll(other.ignoredOptions);
        return new Quirks(
                ignoresAllOptions || other.ignoresAllOptions,
                both,
                Math.min(blksize, other.blksize),
                Math.max(rollover, other.rollover));
    }

    /** Returns the limits with the block size limit of these quirks. */
    public TransferLimits narrow(TransferLimits limits) {
        return blksize < limits.blksize() ? limits.withBlksize(blksize) : limits;
    }

    /** Returns the requested options without the ignored ones. */
    Options effectiveOptions(Options asked) {
        if (ignoresAllOptions) {
            return Options.NONE;
        }
        if (ignoredOptions.isEmpty()) {
            return asked;
        }
        Options effective = Options.NONE;
        for (Option option : asked) {
            boolean isIgnored =
                    KnownOption.named(option).filter(ignoredOptions::contains).isPresent();
            effective = isIgnored ? effective : effective.with(option);
        }
        return effective;
    }

    /** Describes all deviations, such as {@code blksize up to 1432, tsize is left out}. */
    public String describe() {
        List<String> parts = new ArrayList<>();
        if (blksize < TransferSettings.MAX_BLKSIZE) {
            parts.add("blksize up to " + blksize);
        }
        if (!ignoredOptions.isEmpty()) {
            List<String> names =
                    ignoredOptions.stream().sorted().map(KnownOption::key).toList();
            parts.add(String.join(" and ", names) + (names.size() > 1 ? " are left out" : " is left out"));
        }
        if (ignoresAllOptions) {
            parts.add("all options are ignored, as before RFC 2347");
        }
        if (rollover == 1) {
            parts.add("block 1 follows 65535");
        }
        return String.join(", ", parts);
    }
}

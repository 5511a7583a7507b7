package dev.lockstep.tftp.server.internal.origin;

import java.time.Duration;

/**
 * The limits of a spool.
 *
 * @param bytes the limit of all files in bytes
 * @param files the limit of the number of files
 * @param age the time after which a file that was not served is removed
 */
public record SpoolLimits(long bytes, int files, Duration age) {
    /** The limits without any flag: 10 GiB, 10,000 files, 30 days. */
    public static final SpoolLimits DEFAULT = new SpoolLimits(10L << 30, 10_000, Duration.ofDays(30));

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a limit is less than 1
     */
    public SpoolLimits {
        if (bytes < 1 || files < 1 || age.toSeconds() < 1) {
            throw new IllegalArgumentException(
                    "cache: " + bytes + " bytes, " + files + " files, " + age.toSeconds() + " s (expected: each >= 1)");
        }
    }
}

package dev.lockstep.tftp.event;

import dev.lockstep.tftp.negotiation.TransferSettings;

/** Formats the summary of a transfer; the same text in the log of a server and the result line of a client. */
public final class TransferSummary {
    private static final double NANOS = 1e9;
    private static final String[] UNITS = {"B/s", "kB/s", "MB/s", "GB/s"};

    private TransferSummary() {}

    /**
     * {@return bytes, seconds and rate: {@code 1942 bytes in 0.013 s, 149.4 kB/s}}
     *
     * @param stats the counters of a transfer that has ended
     */
    public static String of(TransferStats stats) {
        double seconds = stats.elapsed(0) / NANOS;
        return stats.bytes() + " bytes in " + fixed(seconds, 1000) + " s, " + rate(stats.bytes(), seconds);
    }

    /**
     * {@return bytes, seconds and rate, followed by the negotiated settings and the number of retransmissions}
     *
     * @param stats the counters of a transfer that has ended
     * @param settings the negotiated settings
     */
    public static String of(TransferStats stats, TransferSettings settings) {
        return of(stats) + ", blksize " + settings.blksize() + ", windowsize " + settings.windowsize() + ", resends "
                + stats.resends();
    }

    /**
     * {@return a rate in decimal units, as is usual for networks}
     *
     * @param bytes the number of bytes
     * @param seconds the time in which they were transferred, in seconds
     */
    public static String rate(long bytes, double seconds) {
        double rate = seconds > 0 ? bytes / seconds : 0;
        int unit = 0;
        while (rate >= 1000 && unit < UNITS.length - 1) {
            rate /= 1000;
            unit++;
        }
        return fixed(rate, 10) + " " + UNITS[unit];
    }

    /**
     * Formats a number to a tenth or a thousandth. Loading {@code Formatter} would take longer than transferring a
     * small file.
     */
    private static String fixed(double value, int parts) {
        long count = Math.round(value * parts);
        return count / parts + "." + Long.toString(parts + count % parts).substring(1);
    }
}

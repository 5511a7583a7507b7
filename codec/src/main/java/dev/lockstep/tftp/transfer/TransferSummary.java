package dev.lockstep.tftp.transfer;

/** A transfer in words: the same ones in a server's log and in a client's result line. */
public final class TransferSummary {
    private static final double NANOS = 1e9;
    private static final String[] UNITS = {"B/s", "kB/s", "MB/s", "GB/s"};

    private TransferSummary() {}

    /** Bytes, seconds and rate: {@code 1942 bytes in 0.013 s, 149.4 kB/s}. */
    public static String of(TransferStats stats) {
        double seconds = stats.elapsed(0) / NANOS;
        return stats.bytes() + " bytes in " + fixed(seconds, 1000) + " s, " + rate(stats.bytes(), seconds);
    }

    /** As above, with what was agreed on and how often something was sent again. */
    public static String of(TransferStats stats, TransferSettings settings) {
        return of(stats) + ", blksize " + settings.blksize() + ", windowsize " + settings.windowsize() + ", resends "
                + stats.resends();
    }

    /** A rate in decimal units, as networks count. */
    public static String rate(long bytes, double seconds) {
        double rate = seconds > 0 ? bytes / seconds : 0;
        int unit = 0;
        while (rate >= 1000 && unit < UNITS.length - 1) {
            rate /= 1000;
            unit++;
        }
        return fixed(rate, 10) + " " + UNITS[unit];
    }

    /** A number to a tenth or a thousandth. A {@code Formatter} would take longer to load than a small file takes. */
    private static String fixed(double value, int parts) {
        long count = Math.round(value * parts);
        return count / parts + "." + Long.toString(parts + count % parts).substring(1);
    }
}

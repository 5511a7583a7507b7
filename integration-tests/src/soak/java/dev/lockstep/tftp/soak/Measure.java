package dev.lockstep.tftp.soak;

/** The measures of a daemon, in the order of the columns, each with the growth that still counts as flat. */
public enum Measure {
    HEAP("heap after a collection", "MiB", 2),
    DIRECT("direct memory", "MiB", 4),
    DESCRIPTORS("descriptors", "", 10),
    THREADS("threads", "", 4),
    RESIDENT("resident memory", "MiB", 12);

    private final String title;
    private final String unit;
    /** The growth allowed beyond a tenth, for single buffers or a monitoring thread. */
    private final double slack;

    Measure(String title, String unit, double slack) {
        this.title = title;
        this.unit = unit;
        this.slack = slack;
    }

    double mostAfter(double early) {
        return 1.1 * early + slack;
    }

    /** Returns the name with its unit. */
    public String title() {
        return unit.isEmpty() ? title : title + ", " + unit;
    }
}

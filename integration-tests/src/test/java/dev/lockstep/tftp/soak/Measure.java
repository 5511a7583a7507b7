package dev.lockstep.tftp.soak;

/** What is looked at, in the order of the columns, and how much more of it at the end is still the same. */
enum Measure {
    HEAP("heap after a collection", "MiB", 2),
    DIRECT("direct memory", "MiB", 4),
    DESCRIPTORS("descriptors", "", 10),
    THREADS("threads", "", 4),
    RESIDENT("resident memory", "MiB", 12);

    private final String title;
    private final String unit;
    /** What may come on top of a tenth: single buffers, a thread that watches. */
    private final double slack;

    Measure(String title, String unit, double slack) {
        this.title = title;
        this.unit = unit;
        this.slack = slack;
    }

    double mostAfter(double early) {
        return 1.1 * early + slack;
    }

    String title() {
        return unit.isEmpty() ? title : title + ", " + unit;
    }
}

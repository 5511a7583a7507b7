package dev.lockstep.tftp.figures;

import dev.lockstep.tftp.figures.Results.Row;
import dev.lockstep.tftp.soak.Measure;
import dev.lockstep.tftp.soak.Plot;
import dev.lockstep.tftp.soak.ResourceSample;
import dev.lockstep.tftp.soak.TrendCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures of the resilience runs. */
final class ResilienceFigures {
    /** The subjects of the suites. */
    private static final Map<String, String> SUITES = new LinkedHashMap<>();

    static {
        SUITES.put("BadNetworkIT", "loss, duplication, reordering and blackouts: each file arrives whole");
        SUITES.put("BadNetworkPeersIT", "the same between Lockstep and other programs");
        SUITES.put("DamageIT", "damaged datagrams: no short or long file is reported complete");
        SUITES.put("PmtuBlackHoleIT", "an MTU that is smaller than both ends know");
        SUITES.put("BadPeerIT", "misbehaving peers do not affect valid transfers");
        SUITES.put("DrainIT", "downloads that run at SIGTERM are completed");
        SUITES.put("ReloadUnderLoadIT", "reloads of the configuration during transfers");
        SUITES.put("KilledUploadIT", "kill -9 during two uploads: no torn or lost file");
        SUITES.put("NoMemoryIT", "too little direct memory: some clients are refused, the others complete");
        SUITES.put("NoDescriptorIT", "too few descriptors: clients are refused and served later");
        SUITES.put("FloodIT", "a flood of spoofed requests");
        SUITES.put("SwappedLinkIT", "a folder that is replaced by a link out of the root");
        SUITES.put("ChangingFileIT", "a file that changes while it is served");
    }

    private final Results results;

    ResilienceFigures(Results results) {
        this.results = results;
    }

    Map<String, String> blocks() {
        Map<String, String> blocks = new LinkedHashMap<>();
        blocks.put("conditions", results.conditions());
        blocks.put("suites", suites());
        blocks.put("bad-networks", badNetworks());
        blocks.put("peers", peers());
        blocks.put("fuzz", fuzz());
        blocks.put("floods", floods());
        blocks.put("soak", soak());
        return blocks;
    }

    private String suites() {
        MarkdownTable table = new MarkdownTable("Suite", "Subject", "Tests", "Failed", "Skipped", "Time");
        SUITES.forEach((suite, subject) -> results.all("suite").stream()
                .filter(row -> row.text(1).equals(suite))
                .forEach(row -> table.row(
                        "`" + suite + "`",
                        subject,
                        row.text(2),
                        row.text(3),
                        row.text(4),
                        Math.round(row.number(5)) + " s")));
        StringBuilder text = new StringBuilder(table + "\n");
        for (Row row : results.all("drain")) {
            text.append(String.format(
                    Locale.ROOT,
                    "- Drain, %s: %s of %s downloads ran at the signal, all completed, and the process ended after %s s.%n",
                    row.text(1),
                    row.text(2),
                    row.text(3),
                    Spread.text(row.number(4) / 1000)));
        }
        for (Row row : results.all("reload")) {
            text.append(String.format(
                    Locale.ROOT,
                    "- Reload: %s transfers of %.0f KiB during %s reloads, %s failed, %.0f s.%n",
                    row.text(1),
                    row.number(2) / 1024,
                    row.text(3),
                    row.text(4),
                    row.number(5)));
        }
        for (Row row : results.all("links")) {
            text.append(String.format(
                    Locale.ROOT,
                    "- Links: of %s requests %s were served and %s refused, none from outside of the root.%n",
                    row.text(1),
                    row.text(2),
                    row.text(3)));
        }
        return text.toString();
    }

    private List<Row> transfers(String network, String kind) {
        return results.all("transfer").stream()
                .filter(row -> row.text(1).equals(network) && row.text(3).equals(kind))
                .toList();
    }

    private static Spread seconds(List<Row> rows, int field) {
        return Spread.of(rows.stream().mapToDouble(row -> row.number(field)));
    }

    private String badNetworks() {
        MarkdownTable table = new MarkdownTable("Network", "Bytes", "Transfer", "Median", "Least to most", "Failed");
        for (String network : results.distinct("transfer", 1)) {
            String shown = network;
            for (String kind : results.distinct("transfer", 3)) {
                List<Row> rows = transfers(network, kind);
                if (!rows.isEmpty()) {
                    Spread seconds = seconds(rows, 5);
                    table.row(
                            shown,
                            String.format(Locale.ROOT, "%,.0f", rows.get(0).number(2)),
                            kind,
                            seconds.medianText() + " s",
                            seconds.rangeText() + " s",
                            rows.stream()
                                            .filter(row -> !row.text(6).equals("whole"))
                                            .count()
                                    + " of " + rows.size());
                    shown = "";
                }
            }
        }
        return table.toString();
    }

    /** Returns the lines of a pair of programs and a direction. */
    private List<Row> trips(String pair) {
        return results.all("trip").stream()
                .filter(row -> pairOf(row).equals(pair))
                .toList();
    }

    private static String pairOf(Row trip) {
        return trip.text(1) + "|" + trip.text(2) + "|" + trip.text(3);
    }

    private List<String> pairs() {
        return results.all("trip").stream()
                .map(ResilienceFigures::pairOf)
                .distinct()
                .sorted()
                .toList();
    }

    private String peers() {
        MarkdownTable table = new MarkdownTable("Client", "Server", "", "Median", "Least to most", "Whole files");
        for (String pair : pairs()) {
            List<Row> rows = trips(pair);
            String[] words = pair.split("\\|");
            long whole =
                    rows.stream().filter(row -> row.text(6).equals("whole")).count();
            table.row(
                    words[0],
                    words[1],
                    words[2],
                    seconds(rows, 5).medianText() + " s",
                    seconds(rows, 5).rangeText() + " s",
                    whole + " of " + rows.size());
        }
        return table.toString();
    }

    private String fuzz() {
        if (results.all("fuzz").isEmpty()) {
            return "The targets were not run with these results.";
        }
        MarkdownTable table = new MarkdownTable("Target", "Inputs", "Time", "Findings");
        results.all("fuzz")
                .forEach(row -> table.row(
                        "`" + row.text(1) + "`",
                        String.format(Locale.ROOT, "%,.0f", row.number(2)),
                        row.text(3) + " s",
                        row.text(4)));
        return table.toString();
    }

    private String floods() {
        MarkdownTable table =
                new MarkdownTable("Requests", "Addresses", "Time", "A get of", "before", "during", "after");
        results.all("flood")
                .forEach(row -> table.row(
                        String.format(Locale.ROOT, "%,.0f", row.number(1)),
                        String.format(Locale.ROOT, "%,.0f", row.number(2)),
                        Spread.text(row.number(3)) + " s",
                        String.format(Locale.ROOT, "%.0f KiB", row.number(4) / 1024),
                        Spread.text(row.number(5)) + " s",
                        Spread.text(row.number(6)) + " s",
                        Spread.text(row.number(7)) + " s"));
        MarkdownTable footprints =
                new MarkdownTable("The daemon", "Heap, MiB", "Resident, MiB", "Descriptors", "Threads");
        results.all("footprint")
                .forEach(row -> footprints.row(
                        row.text(1) + " " + String.format(Locale.ROOT, "%,.0f requests", row.number(2)),
                        row.text(3),
                        row.text(4),
                        row.text(5),
                        row.text(6)));
        StringBuilder unknown = new StringBuilder();
        for (Row row : results.all("unknown")) {
            unknown.append(String.format(
                    Locale.ROOT,
                    "%nDuring a flood of %,.0f requests per second each of %d unknown clients received its file, after %s requests.%n",
                    row.number(1),
                    row.text(2).split(",").length,
                    row.text(2).replace(",", ", ")));
        }
        return table + "\n" + footprints + unknown;
    }

    String chart() {
        List<String> labels = new ArrayList<>();
        List<Spread> spreads = new ArrayList<>();
        for (String network : results.distinct("transfer", 1)) {
            for (String kind : results.distinct("transfer", 3)) {
                List<Row> rows = transfers(network, kind);
                if (!rows.isEmpty()) {
                    labels.add(network.replaceFirst(":.*", "") + ", " + kind);
                    spreads.add(seconds(rows, 5));
                }
            }
        }
        for (String pair : pairs()) {
            String[] words = pair.split("\\|");
            labels.add("classic, " + words[0] + " " + words[2] + " " + words[1]);
            spreads.add(seconds(trips(pair), 5));
        }
        return Chart.ranges("Time of a transfer: least, median and most", labels, spreads);
    }

    private List<ResourceSample> samples() {
        return results.all("sample").stream().map(ResilienceFigures::sample).toList();
    }

    private static ResourceSample sample(Row row) {
        double[] values =
                row.fields().stream().skip(2).mapToDouble(Double::parseDouble).toArray();
        return new ResourceSample(row.number(1), values);
    }

    private static String caption(Row soak) {
        return String.format(
                Locale.ROOT, "tftpd, %s minutes of mixed load, %.0f %% loss", soak.text(1), soak.number(2));
    }

    String soakChart() {
        return Plot.of(samples(), caption(results.all("soak").get(0)));
    }

    private String soak() {
        Row run = results.all("soak").get(0);
        MarkdownTable table = new MarkdownTable("Measure", "First third", "Last third", "At most", "");
        for (Measure measure : Measure.values()) {
            TrendCheck trend = TrendCheck.of(measure, samples());
            table.row(
                    measure.title(),
                    Spread.text(trend.early()),
                    Spread.text(trend.late()),
                    Spread.text(trend.most()),
                    trend.isFlat() ? "flat" : "grows");
        }
        List<Row> rest = results.all("rest");
        int descriptors = 2 + Measure.DESCRIPTORS.ordinal();
        return String.format(
                        Locale.ROOT,
                        "%s minutes, %.0f %% loss: %s. %s failed. Descriptors at rest: %.0f before, %.0f after.%n%n",
                        run.text(1),
                        run.number(2),
                        run.text(3),
                        run.text(4),
                        rest.get(0).number(descriptors),
                        rest.get(1).number(descriptors))
                + table;
    }
}

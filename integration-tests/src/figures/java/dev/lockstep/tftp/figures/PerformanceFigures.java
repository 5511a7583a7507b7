package dev.lockstep.tftp.figures;

import dev.lockstep.tftp.figures.Chart.Bar;
import dev.lockstep.tftp.figures.Chart.Group;
import dev.lockstep.tftp.figures.Results.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The figures of the benchmark. */
final class PerformanceFigures {
    private static final String LOCKSTEP = "lockstep";
    private static final List<String> PROGRAMS = List.of(LOCKSTEP, "atftpd", "tftpd-hpa", "dnsmasq");
    private static final List<String> PEERS = PROGRAMS.subList(1, PROGRAMS.size());
    private static final List<String> TITLES = List.of("Lockstep", "atftpd", "tftpd-hpa", "dnsmasq");
    /** Lockstep with another flag, by the names of the benchmark. */
    private static final Map<String, String> VARIANTS = new LinkedHashMap<>();

    static {
        VARIANTS.put("one-loop", "`--event-loops 1`");
        VARIANTS.put("single-port", "`--single-port`");
        VARIANTS.put("no-busy-poll", "`--busy-poll 0`");
    }

    private final Results results;
    private final List<String> works;

    PerformanceFigures(Results results) {
        this.results = results;
        this.works = results.distinct("run", 1);
    }

    Map<String, String> blocks() {
        Map<String, String> blocks = new LinkedHashMap<>();
        blocks.put("conditions", results.conditions());
        blocks.put("readme", readme());
        blocks.put("throughput", throughput());
        blocks.put("variants", variants());
        blocks.put("best", best());
        blocks.put("processor", processor());
        blocks.put("first-byte", firstByte());
        blocks.put("memory", memory());
        blocks.put("resident", resident());
        blocks.put("native-memory", nativeMemory());
        blocks.put("start", start());
        blocks.put("load", load());
        blocks.put("jmh", jmh());
        return blocks;
    }

    String chart() {
        List<Group> groups = new ArrayList<>();
        for (String work : works) {
            double most = PROGRAMS.stream()
                    .map(server -> rate(work, server))
                    .filter(rate -> !rate.isEmpty())
                    .mapToDouble(Spread::median)
                    .max()
                    .orElse(1);
            List<Bar> bars = new ArrayList<>();
            for (String server : PROGRAMS) {
                Spread rate = rate(work, server);
                if (!rate.isEmpty()) {
                    bars.add(new Bar(
                            PROGRAMS.indexOf(server),
                            rate.median() / most,
                            Spread.text(rate.median()) + " " + unit(work)));
                }
            }
            groups.add(new Group(work, bars));
        }
        return Chart.bars("Throughput, median", TITLES, groups);
    }

    private Spread spread(String work, String server, ToDoubleFunction<Row> figure) {
        return Spread.of(results.all("run").stream()
                .filter(row -> row.text(1).equals(work) && row.text(2).equals(server) && row.number(4) > 0)
                .mapToDouble(figure));
    }

    /** Returns the throughput: files per second of works with small files, otherwise MB/s. */
    private Spread rate(String work, String server) {
        return spread(
                work,
                server,
                unit(work).equals("MB/s")
                        ? row -> row.number(4) / row.number(3) / 1e6
                        : row -> (row.number(5) - row.number(6)) / row.number(3));
    }

    /** Returns the processor time of the server, in seconds for a gigabyte. */
    private Spread cost(String work, String server) {
        return spread(work, server, row -> (row.number(12) - row.number(11)) / (row.number(4) / 1e9));
    }

    private Spread firstByte(String work, String server) {
        return spread(work, server, row -> row.number(9) / 1000);
    }

    private static String unit(String work) {
        return work.startsWith("10 KiB") ? "files/s" : "MB/s";
    }

    private String rounds() {
        return "Medians of " + results.value("rounds").orElseThrow() + " rounds on "
                + condition("machine").replaceFirst(" \\(.*", "");
    }

    private String condition(String name) {
        return results.all("condition").stream()
                .filter(row -> row.text(1).equals(name))
                .findFirst()
                .map(row -> row.text(2))
                .orElse("unknown");
    }

    private String readme() {
        MarkdownTable table = new MarkdownTable("Work", "Lockstep", "atftpd", "tftpd-hpa", "dnsmasq");
        for (String work : works) {
            if (work.startsWith("8 clients")
                    || work.startsWith("500")
                    || work.endsWith("lock-step")
                    || work.startsWith("one lock-step")
                    || work.startsWith("uploads")) {
                List<String> cells = new ArrayList<>(List.of(work));
                PROGRAMS.forEach(server -> cells.add(rate(work, server).medianText()));
                cells.set(1, cells.get(1) + " " + unit(work));
                table.row(cells.toArray(String[]::new));
            }
        }
        return rounds() + ", each server in turn; load average before and after: "
                + condition("load average before, after") + " ([all figures](docs/performance.md)).\n\n" + table;
    }

    private String throughput() {
        MarkdownTable table = new MarkdownTable(
                "Work", "Lockstep", "atftpd", "tftpd-hpa", "dnsmasq", "bare C loop", "processor of the generator");
        for (String work : works) {
            Spread bare = rate(work, "raw").isEmpty() ? rate(work, "raw-blocks") : rate(work, "raw");
            List<String> cells = new ArrayList<>(List.of(work + ", " + unit(work)));
            PROGRAMS.forEach(server -> cells.add(rate(work, server).text()));
            cells.add(bare.text());
            cells.add(Math.round(100
                            * spread(work, LOCKSTEP, row -> row.number(7) / row.number(3))
                                    .median())
                    + " %");
            table.row(cells.toArray(String[]::new));
        }
        long first = works.stream().filter(work -> ratio(work) >= 1).count();
        return rounds() + ", with the least and the most. In " + first + " of " + works.size()
                + " works Lockstep has the highest throughput of the four servers.\n\n" + table;
    }

    private String variants() {
        List<String> headings = new ArrayList<>(List.of("Work", "default"));
        List<String> measured = VARIANTS.keySet().stream()
                .filter(results.distinct("run", 2)::contains)
                .toList();
        measured.forEach(variant -> headings.add(VARIANTS.get(variant)));
        MarkdownTable table = new MarkdownTable(headings.toArray(String[]::new));
        for (String work : works) {
            List<String> cells = new ArrayList<>(List.of(work + ", " + unit(work)));
            cells.add(rate(work, LOCKSTEP).text());
            measured.forEach(variant -> cells.add(rate(work, variant).text()));
            table.row(cells.toArray(String[]::new));
        }
        return table.toString();
    }

    /** Returns the name of the peer with the highest throughput, or null if no peer does this work. */
    private String bestPeer(String work) {
        return PEERS.stream()
                .filter(peer -> !rate(work, peer).isEmpty())
                .max(Comparator.comparingDouble(peer -> rate(work, peer).median()))
                .orElse(null);
    }

    private double ratio(String work) {
        String peer = bestPeer(work);
        return peer == null
                ? 1
                : rate(work, LOCKSTEP).median() / rate(work, peer).median();
    }

    private static String times(Spread ours, Spread theirs) {
        return ours.isEmpty() || theirs.isEmpty() || theirs.median() == 0
                ? "–"
                : String.format(Locale.ROOT, "%.2f ×", ours.median() / theirs.median());
    }

    private String best() {
        MarkdownTable table = new MarkdownTable("Work", "Best peer", "Throughput", "Processor time", "First byte, p99");
        for (String work : works) {
            String peer = bestPeer(work);
            if (peer != null) {
                table.row(
                        work,
                        peer,
                        times(rate(work, LOCKSTEP), rate(work, peer)),
                        times(cost(work, LOCKSTEP), cost(work, peer)),
                        work.startsWith("upload") ? "–" : times(firstByte(work, LOCKSTEP), firstByte(work, peer)));
            }
        }
        return table.toString();
    }

    private String processor() {
        List<String> servers = List.of(LOCKSTEP, "atftpd", "tftpd-hpa", "dnsmasq", "raw-blocks");
        MarkdownTable table = new MarkdownTable("Work", "Lockstep", "atftpd", "tftpd-hpa", "dnsmasq", "bare C loop");
        for (String work : works) {
            List<String> cells = new ArrayList<>(List.of(work));
            for (String server : servers) {
                Spread cost = cost(work, server);
                cells.add(cost.isEmpty() ? "–" : cost.medianText() + ", " + kernel(work, server));
            }
            table.row(cells.toArray(String[]::new));
        }
        return table.toString();
    }

    private String kernel(String work, String server) {
        Spread share = spread(work, server, row -> {
            double all = row.number(12) - row.number(11);
            return all <= 0 ? 0 : Math.min(1, (row.number(14) - row.number(13)) / all);
        });
        return Math.round(100 * share.median()) + " %";
    }

    private String firstByte() {
        MarkdownTable table = new MarkdownTable("Work", "Lockstep", "atftpd", "tftpd-hpa", "dnsmasq");
        for (String work : works) {
            if (!work.startsWith("upload")) {
                List<String> cells = new ArrayList<>(List.of(work));
                PROGRAMS.forEach(server -> cells.add(firstByte(work, server).text()));
                table.row(cells.toArray(String[]::new));
            }
        }
        return table.toString();
    }

    private String memory() {
        Row row = results.all("memory").get(0);
        return String.format(
                Locale.ROOT,
                "%,.0f transfers of 128 KiB at once, in lock-step with blocks of 1428: %.0f failed, %s s, the daemon took %s MiB"
                        + " at most.",
                row.number(1),
                row.number(2),
                Spread.text(row.number(3)),
                row.text(4));
    }

    /** Returns the resident memory of the daemon in each phase, in MiB. */
    private String resident() {
        MarkdownTable table = new MarkdownTable("Work", "before", "after");
        for (String phase : results.distinct("resident", 2)) {
            table.row(phase, mebibytes("resident", "before", phase), mebibytes("resident", "after", phase));
        }
        return table.toString();
    }

    /** Returns the native memory tracking of Java: the committed memory of each category, in MiB. */
    private String nativeMemory() {
        List<String> phases = results.distinct("nmt", 2);
        List<String> names = results.distinct("nmt", 1);
        List<String> headings = new ArrayList<>(List.of("Category"));
        phases.forEach(phase -> names.forEach(name -> headings.add(phase + ", " + name)));
        MarkdownTable table = new MarkdownTable(headings.toArray(String[]::new));
        for (String category : results.distinct("nmt", 3)) {
            List<String> cells = new ArrayList<>(List.of(category));
            phases.forEach(phase -> names.forEach(name -> cells.add(mebibytes("nmt", name, phase, category))));
            if (cells.stream().skip(1).anyMatch(cell -> !cell.equals("–") && Double.parseDouble(cell) >= 1)) {
                table.row(cells.toArray(String[]::new));
            }
        }
        return table.toString();
    }

    /** Returns the last field, in KiB, of the only line of a kind with these fields; a dash if there is none. */
    private String mebibytes(String kind, String... fields) {
        return results.all(kind).stream()
                .filter(row -> row.fields().subList(1, 1 + fields.length).equals(List.of(fields)))
                .findFirst()
                .map(row -> String.format(Locale.ROOT, "%.1f", row.number(1 + fields.length) / 1024))
                .orElse("–");
    }

    private String start() {
        MarkdownTable table = new MarkdownTable("Program", "ms");
        for (String program : results.distinct("start", 1)) {
            table.row(
                    program,
                    Spread.of(results.all("start").stream()
                                    .filter(row -> row.text(1).equals(program))
                                    .mapToDouble(row -> 1000 * row.number(2)))
                            .text());
        }
        return table.toString();
    }

    private String load() {
        MarkdownTable table = new MarkdownTable("Work", "By", "MB/s", "files/s", "failed");
        for (String work : results.distinct("load", 1)) {
            for (String by : results.distinct("load", 2)) {
                List<Row> rows = results.all("load").stream()
                        .filter(row -> row.text(1).equals(work) && row.text(2).equals(by))
                        .toList();
                table.row(
                        work,
                        by,
                        Spread.of(rows.stream().mapToDouble(row -> row.number(3)))
                                .text(),
                        Spread.of(rows.stream().mapToDouble(row -> row.number(4)))
                                .text(),
                        ""
                                + Math.round(rows.stream()
                                        .mapToDouble(row -> row.number(5))
                                        .sum()));
            }
        }
        return table.toString();
    }

    private String jmh() {
        MarkdownTable table = new MarkdownTable("Benchmark", "ns", "bytes allocated");
        results.all("jmh").forEach(row -> table.row("`" + row.text(1) + "`", row.text(2), row.text(3)));
        return table.toString();
    }
}

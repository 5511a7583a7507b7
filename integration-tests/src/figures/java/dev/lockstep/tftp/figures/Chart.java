package dev.lockstep.tftp.figures;

import java.util.List;
import java.util.Locale;

/** Draws charts as SVG that can be read on a light and on a dark page. */
final class Chart {
    private static final int WIDTH = 860;
    private static final int LEFT = 345;
    private static final int BAR = 14;
    private static final int GAP = 14;
    private static final int TOP = 56;
    private static final int LABELS = 90;
    private static final String STYLE = """
            <style>
            text { fill: #24292f; font: 12px sans-serif } .title { font-size: 15px } .grid { stroke: #d0d7de } .range { stroke: #57606a }
            .c0 { fill: #0969da } .c1 { fill: #bf8700 } .c2 { fill: #8250df } .c3 { fill: #1a7f37 }
            @media (prefers-color-scheme: dark) {
            text { fill: #e6edf3 } .grid { stroke: #3d444d } .range { stroke: #9198a1 }
            .c0 { fill: #58a6ff } .c1 { fill: #d29922 } .c2 { fill: #bc8cff } .c3 { fill: #3fb950 }
            }
            </style>
            """;

    private final StringBuilder svg = new StringBuilder();

    private Chart(String title, int height) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">\n%s"
                        + "<title>%s</title>\n<text class=\"title\" x=\"8\" y=\"20\">%s</text>\n",
                WIDTH, height, STYLE, escaped(title), escaped(title));
    }

    /** A bar: the number of its series, its length from 0 to 1, and the text at its end. */
    record Bar(int series, double length, String text) {}

    /** The bars of one subject. */
    record Group(String label, List<Bar> bars) {}

    /** Draws groups of horizontal bars. */
    static String bars(String title, List<String> series, List<Group> groups) {
        int rows = groups.stream().mapToInt(group -> group.bars().size()).sum();
        Chart chart = new Chart(title, TOP + rows * BAR + groups.size() * GAP);
        for (int i = 0; i < series.size(); i++) {
            chart.add(
                    "<rect class=\"c%d\" x=\"%d\" y=\"32\" width=\"12\" height=\"10\"/><text x=\"%d\" y=\"42\">%s</text>\n",
                    i, 8 + 130 * i, 26 + 130 * i, escaped(series.get(i)));
        }
        int y = TOP;
        for (Group group : groups) {
            chart.add("<text x=\"8\" y=\"%d\">%s</text>\n", y + 11, escaped(group.label()));
            for (Bar bar : group.bars()) {
                double length = Math.max(1, bar.length() * (WIDTH - LEFT - LABELS));
                chart.add(
                        "<rect class=\"c%d\" x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"%d\"/><text x=\"%.0f\" y=\"%d\">%s</text>\n",
                        bar.series(), LEFT, y + 1, length, BAR - 2, LEFT + length + 5, y + 11, escaped(bar.text()));
                y += BAR;
            }
            y += GAP;
        }
        return chart.end();
    }

    /** Draws the range of each subject with its median, on a logarithmic axis of seconds. */
    static String ranges(String title, List<String> labels, List<Spread> spreads) {
        double least = spreads.stream().mapToDouble(Spread::least).min().orElse(1);
        double most = spreads.stream().mapToDouble(Spread::most).max().orElse(1);
        double low = Math.floor(Math.log10(Math.max(0.001, least)));
        double high = Math.max(low + 1, Math.ceil(Math.log10(most)));
        int row = BAR + 4;
        int bottom = TOP + spreads.size() * row;
        Chart chart = new Chart(title, bottom + 12);
        for (double power = low; power <= high; power++) {
            double x = LEFT + (power - low) / (high - low) * (WIDTH - LEFT - 40);
            chart.add(
                    "<path class=\"grid\" d=\"M%.0f %dV%d\"/><text x=\"%.0f\" y=\"44\" text-anchor=\"middle\">%s s</text>\n",
                    x, TOP - 6, bottom, x, power < 0 ? "" + Math.pow(10, power) : "" + Math.round(Math.pow(10, power)));
        }
        for (int i = 0; i < spreads.size(); i++) {
            int middle = TOP + i * row + row / 2;
            double[] x = new double[] {
                spreads.get(i).least(), spreads.get(i).median(), spreads.get(i).most()
            };
            for (int k = 0; k < x.length; k++) {
                x[k] = LEFT + (Math.log10(Math.max(0.001, x[k])) - low) / (high - low) * (WIDTH - LEFT - 40);
            }
            chart.add("<text x=\"8\" y=\"%d\">%s</text>\n", middle + 4, escaped(labels.get(i)));
            chart.add(
                    "<path class=\"range\" stroke-width=\"3\" d=\"M%.1f %dH%.1f\"/><circle class=\"c0\" cx=\"%.1f\" cy=\"%d\" r=\"5\"/>\n",
                    x[0], middle, x[2], x[1], middle);
        }
        return chart.end();
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values));
    }

    private String end() {
        return svg.append("</svg>\n").toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}

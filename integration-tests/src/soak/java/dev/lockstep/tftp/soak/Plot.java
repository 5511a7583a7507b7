package dev.lockstep.tftp.soak;

import java.util.List;
import java.util.Locale;

/** Draws the samples as SVG: a strip for each measure over the same time, each from 0 to its maximum. */
public final class Plot {
    private static final int WIDTH = 760;
    private static final int STRIP = 96;
    private static final int LINE = 56;
    private static final int LEFT = 20;
    /** The most points of a line. More could not be distinguished. */
    private static final int POINTS = 360;

    private Plot() {}

    /** Returns the picture. */
    public static String of(List<ResourceSample> samples, String caption) {
        Measure[] measures = Measure.values();
        int height = STRIP * measures.length + 70;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"13\">%n<style>text { fill: #24292f } path { stroke: #d0d7de } polyline { stroke: #0969da } @media"
                        + " (prefers-color-scheme: dark) { text { fill: #e6edf3 } path { stroke: #3d444d } polyline"
                        + " { stroke: #58a6ff } }</style>%n<text x=\"%d\" y=\"24\" font-size=\"15\">%s</text>%n",
                WIDTH,
                height,
                LEFT,
                escaped(caption)));
        for (Measure measure : measures) {
            strip(svg, samples, measure, 40 + STRIP * measure.ordinal());
        }
        int bottom = height - 14;
        double minutes = samples.get(samples.size() - 1).seconds() / 60;
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\">0</text>%n<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.1f minutes</text>%n",
                LEFT,
                bottom,
                WIDTH - LEFT,
                bottom,
                minutes));
        return svg.append("</svg>\n").toString();
    }

    private static void strip(StringBuilder svg, List<ResourceSample> samples, Measure measure, int top) {
        double most =
                samples.stream().mapToDouble(each -> each.of(measure)).max().orElse(0);
        double length = samples.get(samples.size() - 1).seconds();
        int bottom = top + 22 + LINE;
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\">%s (0 to %.0f)</text>%n"
                        + "<path d=\"M%d %dH%d\"/>%n<polyline fill=\"none\" points=\"",
                LEFT,
                top + 14,
                escaped(measure.title()),
                most,
                LEFT,
                bottom,
                WIDTH - LEFT));
        int step = Math.max(1, samples.size() / POINTS);
        for (int i = 0; i < samples.size(); i += step) {
            ResourceSample sample = samples.get(i);
            double x = LEFT + (WIDTH - 2 * LEFT) * sample.seconds() / Math.max(1, length);
            double y = bottom - LINE * sample.of(measure) / Math.max(1, most);
            svg.append(String.format(Locale.ROOT, "%.0f,%.1f ", x, y));
        }
        svg.append("\"/>\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}

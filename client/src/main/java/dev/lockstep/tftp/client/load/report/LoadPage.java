package dev.lockstep.tftp.client.load.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * Formats a result as one HTML page that works without a network: the JSON object, a chart library, and a script that
 * draws the charts.
 */
public final class LoadPage {
    private static final String PAGE = "load-report.html";
    private static final String LIBRARY = "chart-library.properties";

    private LoadPage() {}

    /**
     * Returns the HTML page.
     *
     * @param report the result of a load test and its circumstances
     * @return the HTML text
     */
    public static String of(LoadReport report) {
        try {
            Properties library = new Properties();
            try (InputStream in = resource(LIBRARY)) {
                library.load(in);
            }
            // a "<" in the result could end the script element
            return text(PAGE)
                    .replace("@CHART_LIBRARY@", text(library.getProperty("path")))
                    .replace("@RESULT@", LoadJson.of(report).replace("<", "\\u003c"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(String name) throws IOException {
        try (InputStream in = resource(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream in = LoadPage.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException(name + ": resource missing");
        }
        return in;
    }
}

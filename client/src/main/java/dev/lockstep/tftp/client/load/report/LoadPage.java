package dev.lockstep.tftp.client.load.report;

import dev.lockstep.tftp.client.load.LoadResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * A result as one page that needs no network: the JSON object, a library for charts, and a script that draws the
 * one with the other.
 */
public final class LoadPage {
    private static final String PAGE = "load-report.html";
    private static final String LIBRARY = "chart-library.properties";

    private LoadPage() {}

    /** The page. */
    public static String of(LoadResult result) {
        try {
            Properties library = new Properties();
            try (InputStream in = resource(LIBRARY)) {
                library.load(in);
            }
            // "<" would end the script element it stands in
            return text(PAGE)
                    .replace("@CHART_LIBRARY@", text(library.getProperty("path")))
                    .replace("@RESULT@", LoadJson.of(result).replace("<", "\\u003c"));
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
            throw new IOException(name + " is not in this program");
        }
        return in;
    }
}

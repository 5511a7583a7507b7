package dev.lockstep.tftp.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fetches texts by HTTP from a program of the tests. */
public final class HttpText {
    private static final Pattern PORT = Pattern.compile("(?m)^HTTP port (\\d+) on .*\\R");
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private HttpText() {}

    /** Returns the HTTP port of a daemon, which prints it after its other ports. */
    public static int portOf(Daemon daemon) {
        daemon.awaitLine("HTTP port", line -> line.startsWith("HTTP port "));
        return portIn(daemon.output());
    }

    /** Returns the HTTP port that a program has printed. */
    public static int portIn(String printed) {
        Matcher port = PORT.matcher(printed);
        if (!port.find()) {
            throw new AssertionError("no HTTP port in:\n" + printed);
        }
        return Integer.parseInt(port.group(1));
    }

    /**
     * Sends a request to 127.0.0.1.
     *
     * @param headers names and values in turn
     */
    public static HttpResponse<String> get(int port, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}

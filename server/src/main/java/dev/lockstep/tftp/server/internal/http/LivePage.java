package dev.lockstep.tftp.server.internal.http;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.internal.http.HttpPort;
import dev.lockstep.tftp.internal.http.HttpQuery;
import dev.lockstep.tftp.internal.http.HttpReply;
import dev.lockstep.tftp.server.TftpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The live page and its data: {@code /}, {@code /events}, and {@code /api}. All of it runs on the thread of the HTTP port.
 */
@EventLoop
public final class LivePage {
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final int BAD_REQUEST = 400;
    private static final int UNAVAILABLE = 503;
    private static final String CHART_LIBRARY = "chart-library.properties";
    /** The files of the page, by their paths. */
    private static final Map<String, String> ASSETS = Map.of(
            "/", "index.html",
            "/page.css", "page.css",
            "/page.js", "page.js",
            "/format.js", "format.js",
            "/table.js", "table.js",
            "/charts.js", "charts.js",
            "/icon.svg", "icon.svg");

    private final TransferMonitor monitor;
    private final ConfigurationView configuration;
    private final String version;
    private final LongSupplier millis;
    private final String instance = UUID.randomUUID().toString();
    private final long started;
    private TftpServer server;
    private long sequence;

    /**
     * Creates a page that is not served yet.
     *
     * @param monitor has been a listener of the server since its start
     * @param version the name and version of the program
     * @param millis the time of day in milliseconds since 1970
     */
    public LivePage(TransferMonitor monitor, ConfigurationView configuration, String version, LongSupplier millis) {
        this.monitor = monitor;
        this.configuration = configuration;
        this.version = version;
        this.millis = millis;
        this.started = millis.getAsLong();
    }

    /** Adds the paths of the page to a port. */
    public void addTo(HttpPort.Builder port, TftpServer running) {
        server = running;
        ASSETS.forEach((path, file) -> {
            HttpReply reply = HttpReply.asset(LivePage.class, file);
            port.resource(path, query -> reply);
        });
        HttpReply charts = HttpReply.asset(LivePage.class, chartLibrary());
        port.resource("/chart.js", query -> charts);
        port.resource("/api/transfers", this::transfers);
        port.resource(
                "/api/rates",
                query -> HttpReply.json(MonitorJson.object(
                        json -> MonitorJson.writeRates(json, monitor.rates().last(RateHistory.LENGTH)))));
        port.resource("/api/configuration", query -> HttpReply.json(MonitorJson.object(this::writeConfiguration)));
        port.asyncResource("/api/explain", this::explain);
        port.events("/events", this::snapshot, PERIOD);
    }

    /** Starts to sample the transfers once a second, on the thread of the port. */
    public void started(HttpPort port) {
        monitor.useThread(port.executor());
        port.executor().scheduleWithFixedDelay(monitor::sample, 1, PERIOD.toSeconds(), TimeUnit.SECONDS);
    }

    private static String chartLibrary() {
        try (InputStream file = LivePage.class.getResourceAsStream(CHART_LIBRARY)) {
            Properties library = new Properties();
            library.load(file);
            return library.getProperty("path");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String snapshot() {
        return MonitorJson.object(json -> {
            json.writeStringField("instance", instance);
            json.writeNumberField("sequence", ++sequence);
            json.writeNumberField("time_ms", millis.getAsLong());
            json.writeNumberField("started_ms", started);
            json.writeStringField("version", version);
            json.writeNumberField("configuration", configuration.current().version());
            MonitorJson.writeServer(json, server);
            MonitorJson.writeTotals(json, server.metrics(), monitor.totals());
            MonitorJson.writeSnapshot(json, monitor);
        });
    }

    private HttpReply transfers(HttpQuery query) {
        try {
            return selected(query);
        } catch (IllegalArgumentException e) {
            return HttpReply.error(BAD_REQUEST, e.getMessage());
        }
    }

    private HttpReply selected(HttpQuery query) {
        TransferQuery selection = TransferQuery.of(query);
        String list = query.parameter("list").orElse("running");
        return switch (list) {
            case "running" ->
                HttpReply.json(MonitorJson.object(json -> MonitorJson.writeRunning(json, monitor, selection)));
            case "recent" -> {
                int after = TransferQuery.number(query, "after", 0, Integer.MAX_VALUE);
                yield HttpReply.json(
                        MonitorJson.object(json -> MonitorJson.writeRecent(json, monitor, selection, after)));
            }
            default ->
                throw new IllegalArgumentException("list: " + PeerText.of(list) + " (expected: running or recent)");
        };
    }

    private void writeConfiguration(JsonGenerator json) throws IOException {
        ConfigurationView.Current current = configuration.current();
        json.writeNumberField("version", current.version());
        if (current.file() != null) {
            json.writeStringField("file", current.file());
        }
        json.writeNumberField("loaded_ms", current.loaded());
        json.writeNumberField("reloads", current.reloads());
        if (!current.problems().isEmpty()) {
            json.writeObjectFieldStart("failure");
            json.writeNumberField("time_ms", current.failed());
            writeLines(json, "problems", current.problems());
            json.writeEndObject();
        }
        writeLines(json, "warnings", current.warnings());
        json.writeArrayFieldStart("rules");
        for (ConfigurationView.RuleInForce rule : current.rules()) {
            json.writeStartObject();
            json.writeStringField("name", rule.name());
            json.writeStringField("condition", rule.condition());
            json.writeStringField("effect", rule.effect());
            json.writeBooleanField("denies", rule.denies());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private CompletionStage<HttpReply> explain(HttpQuery query) {
        return configuration
                .explain(
                        query.parameter("client").orElse(""),
                        query.parameter("operation").orElse("read"),
                        query.parameter("file").orElse(""),
                        query.parameter("options").orElse(""))
                .handle((answer, failure) -> failure == null
                        ? HttpReply.json(MonitorJson.object(json -> {
                            json.writeBooleanField("granted", answer.isGranted());
                            writeLines(json, "lines", answer.lines());
                        }))
                        : refusal(failure));
    }

    /** Returns the reply to a request that failed; an unexpected failure is reported by the port. */
    private static HttpReply refusal(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof IllegalArgumentException) {
            return HttpReply.error(BAD_REQUEST, cause.getMessage());
        }
        if (cause instanceof RejectedExecutionException) {
            return HttpReply.error(UNAVAILABLE, "too many explanations at once, try again");
        }
        throw new CompletionException(cause);
    }

    private static void writeLines(JsonGenerator json, String name, List<String> lines) throws IOException {
        json.writeArrayFieldStart(name);
        for (String line : lines) {
            json.writeString(line);
        }
        json.writeEndArray();
    }
}

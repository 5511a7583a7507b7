package dev.lockstep.tftp.client.load.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.tftp.client.cli.TftpCommand;
import dev.lockstep.tftp.client.load.LoadProgress;
import dev.lockstep.tftp.client.load.LoadRun;
import dev.lockstep.tftp.client.load.metrics.LoadCollector;
import dev.lockstep.tftp.internal.cli.ProgramVersion;
import dev.lockstep.tftp.internal.http.HttpPort;
import dev.lockstep.tftp.internal.http.HttpReply;
import dev.lockstep.tftp.internal.metrics.MetricsResource;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** The HTTP port of a running load test. */
final class LoadPort implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final HttpPort port;

    private LoadPort(HttpPort port) {
        this.port = port;
    }

    /**
     * Opens the port on the loopback address.
     *
     * @throws IOException if it is in use
     */
    static LoadPort start(int number, LoadRun run) throws IOException {
        LoadCollector collector = new LoadCollector(ProgramVersion.number(TftpCommand.class), run::snapshot);
        return new LoadPort(HttpPort.builder()
                .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), number))
                .resource("/healthz", query -> HttpReply.text("ok\n"))
                .resource("/metrics", new MetricsResource(collector))
                .resource(
                        "/api/progress",
                        query -> HttpReply.json(json(run.snapshot().progress())))
                .events("/events", () -> json(run.snapshot().progress()), PERIOD)
                .failures(failure -> System.err.println("tftp: HTTP port: " + failure))
                .start());
    }

    /** Returns the number of the port. */
    int number() {
        return port.address().getPort();
    }

    /** Returns an object whose names include their units, as in the result. */
    static String json(LoadProgress progress) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeBooleanField("warm_up", progress.warmUp());
            json.writeNumberField("seconds", progress.seconds());
            json.writeNumberField("started", progress.started());
            json.writeNumberField("running", progress.running());
            json.writeNumberField("completed", progress.completed());
            json.writeNumberField("failed", progress.failed());
            json.writeNumberField("bytes", progress.bytes());
            json.writeNumberField("p99_ms", progress.p99Millis());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a StringWriter never fails
        }
        return text.toString();
    }

    @Override
    public void close() {
        port.close();
    }
}

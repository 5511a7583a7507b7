package dev.lockstep.tftp.internal.metrics;

import dev.lockstep.tftp.internal.http.HttpQuery;
import dev.lockstep.tftp.internal.http.HttpReply;
import dev.lockstep.tftp.internal.http.HttpResource;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;

/**
 * Serves metrics in the format that the client accepts. The metrics are collected for each request, so
 * they cost nothing as long as there is none.
 */
public final class MetricsResource implements HttpResource {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();

    /**
     * Creates a resource with the metrics of the process, of the JVM and of the program.
     *
     * @param program collect the metrics of the program
     */
    public MetricsResource(MultiCollector... program) {
        JvmMetrics.builder().register(registry);
        Stream.of(program).forEach(registry::register);
    }

    @Override
    public HttpReply get(HttpQuery query) {
        ExpositionFormatWriter writer =
                formats.findWriter(query.header("Accept").orElse(null));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            writer.write(body, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return HttpReply.ok(writer.getContentType(), body.toByteArray());
    }
}

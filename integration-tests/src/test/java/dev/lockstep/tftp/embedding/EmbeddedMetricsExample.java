package dev.lockstep.tftp.embedding;

// example
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.server.TftpServer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

class EmbeddedMetricsExample {
    static void bind(TftpServer server, MeterRegistry registry) {
        Gauge.builder("tftp.transfers.active", server, TftpServer::runningTransfers)
                .register(registry);
        FunctionCounter.builder(
                        "tftp.file", server, s -> s.metrics().transfers().bytes())
                .baseUnit("bytes")
                .register(registry);
        for (Outcome outcome : Outcome.values()) {
            FunctionCounter.builder(
                            "tftp.transfers",
                            server,
                            s -> s.metrics().transfers().ended().get(outcome))
                    .tag("result", outcome.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }
}

package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.lockstep.tftp.server.internal.logging.LogCapture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StartReportTest {
    @RegisterExtension
    private final LogCapture log = new LogCapture(Level.INFO);

    @Test
    void the_default_limit_of_transfers_fits_into_the_heap_of_the_launcher() {
        StartReport.warnOfSmallHeap(10_000, 159 << 20); // without one survivor space
        assertThat(log.list).isEmpty();
    }

    @Test
    void a_limit_of_transfers_that_needs_more_heap_is_a_warning() {
        StartReport.warnOfSmallHeap(50_000, 159 << 20);
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("--max-transfers: 50000 may need 316 MiB of heap, 159 MiB are available"
                        + " (expected: JAVA_OPTS=-Xmx316m)");
    }
}

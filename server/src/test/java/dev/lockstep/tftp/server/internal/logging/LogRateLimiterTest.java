package dev.lockstep.tftp.server.internal.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.Counted;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LogRateLimiterTest {
    private static final int PER_SECOND = 20;

    @RegisterExtension
    final LogCapture written = new LogCapture(Level.DEBUG);

    private long now = Long.MAX_VALUE - 5; // the clock may begin anywhere, and overflow
    private final LogRateLimiter limiter = new LogRateLimiter(PER_SECOND, () -> now);

    @BeforeEach
    void log_through_the_rate_limiter() {
        written.addFilter(limiter);
    }

    private void advance(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void refuse(int count) {
        for (int i = 0; i < count; i++) {
            written.logger().info("{} refused: {}", "192.0.2.7:" + i, "file not found");
        }
    }

    private int takeWritten() {
        int count = written.list.size();
        written.list.clear();
        return count;
    }

    @Test
    void a_burst_is_written_completely() {
        refuse(LogRateLimiter.BURST);
        limiter.summarize();
        assertThat(takeWritten()).isEqualTo(LogRateLimiter.BURST);
    }

    @Test
    void a_flood_is_written_at_a_limited_rate_and_the_rest_is_counted() {
        refuse(LogRateLimiter.BURST);
        takeWritten();
        for (int second = 1; second <= 60; second++) {
            for (int tenth = 0; tenth < 10; tenth++) {
                advance(100);
                refuse(1_000);
            }
            assertThat(takeWritten()).as("second %d", second).isEqualTo(PER_SECOND);
        }
        limiter.summarize();
        assertThat(written.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEqualTo(60 * (10_000 - PER_SECOND) + " more like it: 192.0.2.7:999 refused: file not found");
    }

    @Test
    void no_line_is_written_twice() {
        refuse(LogRateLimiter.BURST + 1);
        limiter.summarize();
        assertThat(takeWritten()).isEqualTo(LogRateLimiter.BURST + 1);
        limiter.summarize();
        assertThat(takeWritten()).isZero();
    }

    @Test
    void lines_of_another_kind_are_not_limited() {
        refuse(LogRateLimiter.BURST * 2);
        takeWritten();
        written.logger().warn("{}: failed: {}", "192.0.2.8:1 read f", "disk full");
        assertThat(written.list)
                .singleElement()
                .extracting(ILoggingEvent::getLevel)
                .isEqualTo(Level.WARN);
    }

    @Test
    void a_burst_is_written_again_after_a_pause() {
        refuse(LogRateLimiter.BURST * 2);
        takeWritten();
        advance(TimeUnit.SECONDS.toMillis(LogRateLimiter.BURST / PER_SECOND));
        refuse(LogRateLimiter.BURST * 2);
        assertThat(takeWritten()).isEqualTo(LogRateLimiter.BURST);
    }

    @Test
    void completed_transfers_are_not_limited_and_other_outcomes_are() {
        end(Outcome.COMPLETE, 3 * LogRateLimiter.BURST);
        assertThat(takeWritten()).isEqualTo(3 * LogRateLimiter.BURST);
        end(Outcome.UNCONFIRMED, 3 * LogRateLimiter.BURST); // spoofed source addresses can cause this
        assertThat(takeWritten()).isEqualTo(LogRateLimiter.BURST);
    }

    private static void end(Outcome outcome, int count) {
        TransferLog log = new TransferLog();
        ReadRequest request = new ReadRequest("f", TransferMode.OCTET, Options.NONE);
        for (int i = 0; i < count; i++) {
            InetSocketAddress peer = new InetSocketAddress("192.0.2.7", 1024 + i);
            log.on(new TransferEvent.Ended(
                    1, peer, request, TransferSettings.PLAIN, Counted.stats(1, 1), outcome, null));
        }
    }

    @Test
    void different_texts_share_one_limit() {
        for (int i = 0; i < 100_000; i++) {
            written.logger().warn("something went wrong with " + i);
        }
        assertThat(takeWritten()).isLessThanOrEqualTo(LogRateLimiter.BURST + 64);
        limiter.summarize();
        assertThat(written.list)
                .singleElement()
                .extracting(ILoggingEvent::getLevel)
                .isEqualTo(Level.WARN);
    }
}

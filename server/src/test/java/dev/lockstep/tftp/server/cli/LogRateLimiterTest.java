package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.server.TransferLog;
import dev.lockstep.tftp.testing.Counted;
import dev.lockstep.tftp.transfer.Outcome;
import dev.lockstep.tftp.transfer.TransferEvent;
import dev.lockstep.tftp.transfer.TransferSettings;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogRateLimiterTest {
    private static final int PER_SECOND = 20;

    private final Logger logger = (Logger) LoggerFactory.getLogger("tftpd");
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private long now = Long.MAX_VALUE - 5; // a clock may begin anywhere, and overflow
    private final LogRateLimiter gate = new LogRateLimiter(PER_SECOND, () -> now);

    @BeforeEach
    void lines_pass_the_gate() {
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        logger.addAppender(written);
        written.addFilter(gate);
        written.start();
    }

    @AfterEach
    void no_more() {
        logger.detachAppender(written);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    private void advance(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void refuse(int count) {
        for (int i = 0; i < count; i++) {
            logger.info("{} refused: {}", "192.0.2.7:" + i, "file not found");
        }
    }

    private int takeWritten() {
        int count = written.list.size();
        written.list.clear();
        return count;
    }

    @Test
    void a_burst_is_written_whole() {
        refuse(LogRateLimiter.BURST);
        gate.summarize();
        assertThat(takeWritten()).isEqualTo(LogRateLimiter.BURST);
    }

    @Test
    void of_a_flood_some_lines_a_second_are_and_the_rest_is_counted() {
        refuse(LogRateLimiter.BURST);
        takeWritten();
        for (int second = 1; second <= 60; second++) {
            for (int tenth = 0; tenth < 10; tenth++) {
                advance(100);
                refuse(1_000);
            }
            assertThat(takeWritten()).as("second %d", second).isEqualTo(PER_SECOND);
        }
        gate.summarize();
        assertThat(written.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEqualTo(60 * (10_000 - PER_SECOND) + " more like it: 192.0.2.7:999 refused: file not found");
    }

    @Test
    void nothing_is_said_twice() {
        refuse(LogRateLimiter.BURST + 1);
        gate.summarize();
        assertThat(takeWritten()).isEqualTo(LogRateLimiter.BURST + 1);
        gate.summarize();
        assertThat(takeWritten()).isZero();
    }

    @Test
    void lines_of_another_kind_are_not_held_back_with_it() {
        refuse(LogRateLimiter.BURST * 2);
        takeWritten();
        logger.warn("{}: failed: {}", "192.0.2.8:1 read f", "disk full");
        assertThat(written.list)
                .singleElement()
                .extracting(ILoggingEvent::getLevel)
                .isEqualTo(Level.WARN);
    }

    @Test
    void after_a_pause_there_is_room_for_a_burst_again() {
        refuse(LogRateLimiter.BURST * 2);
        takeWritten();
        advance(TimeUnit.SECONDS.toMillis(LogRateLimiter.BURST / PER_SECOND));
        refuse(LogRateLimiter.BURST * 2);
        assertThat(takeWritten()).isEqualTo(LogRateLimiter.BURST);
    }

    @Test
    void every_complete_transfer_has_its_line_and_of_other_ends_a_flood_is_held_back() {
        end(Outcome.COMPLETE, 3 * LogRateLimiter.BURST);
        assertThat(takeWritten()).isEqualTo(3 * LogRateLimiter.BURST);
        end(Outcome.UNCONFIRMED, 3 * LogRateLimiter.BURST); // as a sender that is made up can bring about
        assertThat(takeWritten()).isEqualTo(LogRateLimiter.BURST);
    }

    private static void end(Outcome outcome, int count) {
        TransferLog log = new TransferLog();
        ReadRequest request = new ReadRequest("f", TransferMode.OCTET, Options.NONE);
        for (int i = 0; i < count; i++) {
            InetSocketAddress peer = new InetSocketAddress("192.0.2.7", 1024 + i);
            log.on(new TransferEvent.Ended(peer, request, TransferSettings.PLAIN, Counted.stats(1, 1), outcome, null));
        }
    }

    @Test
    void texts_that_are_all_different_share_what_is_left() {
        for (int i = 0; i < 100_000; i++) {
            logger.warn("something went wrong with " + i);
        }
        assertThat(takeWritten()).isLessThanOrEqualTo(LogRateLimiter.BURST + 64);
        gate.summarize();
        assertThat(written.list)
                .singleElement()
                .extracting(ILoggingEvent::getLevel)
                .isEqualTo(Level.WARN);
    }
}

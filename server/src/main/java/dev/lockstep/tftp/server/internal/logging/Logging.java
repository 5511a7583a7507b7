package dev.lockstep.tftp.server.internal.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * Configures the logging to standard error. Lines are written by a separate thread, so that event loops never block on
 * a terminal.
 */
public final class Logging {
    private static final int QUEUE = 8192;
    private static final int SUMMARY_SECONDS = 10;

    private static LogRateLimiter rateLimiter = new LogRateLimiter(0, System::nanoTime);

    private Logging() {}

    /**
     * Sets the level, the format and the rate limit of the log.
     *
     * @param rate log lines of each kind per second; 0 for no limit
     */
    public static void configure(boolean verbose, boolean quiet, boolean json, int rate) {
        if (System.getProperty("io.netty.machineId") == null) {
            // avoids a warning on a machine without a network card
            System.setProperty("io.netty.machineId", "00:00:00:00:00:00");
        }
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder(context, verbose, json));
        console.start();
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setQueueSize(QUEUE);
        queue.setNeverBlock(true);
        queue.setDiscardingThreshold(0); // nothing is dropped before the queue is full
        queue.addAppender(console);
        if (rate > 0) {
            rateLimiter = new LogRateLimiter(rate, System::nanoTime);
            queue.addFilter(rateLimiter); // before the queue, so that a flood does not fill it
            context.getScheduledExecutorService()
                    .scheduleAtFixedRate(rateLimiter::summarize, SUMMARY_SECONDS, SUMMARY_SECONDS, TimeUnit.SECONDS);
        }
        queue.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(queue);
        root.setLevel(quiet ? Level.ERROR : Level.WARN);
        if (json) {
            context.getLogger(StatusOutput.LOGGER).setLevel(Level.INFO);
        }
        if (!quiet) {
            context.getLogger("tftpd").setLevel(verbose ? Level.DEBUG : Level.INFO);
            context.getLogger("dev.lockstep").setLevel(verbose ? Level.DEBUG : Level.INFO);
        }
    }

    /** Writes all queued lines and stops the logging. */
    public static void flush() {
        rateLimiter.summarize();
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, boolean verbose, boolean json) {
        boolean journal = JournalLayout.areWantedOn(JournalLayout.STANDARD_ERROR, System.getenv("JOURNAL_STREAM"));
        Encoder<ILoggingEvent> lines = json ? new JsonLayout(verbose) : plain(verbose, journal);
        lines.setContext(context);
        lines.start();
        return journal ? new JournalLayout(lines) : lines;
    }

    /** Returns the layout of plain lines. The journal records the time and the priority of each line itself. */
    private static Encoder<ILoggingEvent> plain(boolean verbose, boolean journal) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        String head = journal ? "" : "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level ";
        encoder.setPattern(head + "%msg%n" + (verbose ? "%ex" : "%nopex"));
        return encoder;
    }
}

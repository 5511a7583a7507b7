package dev.lockstep.tftp.server.cli;

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

/** Log lines on standard error, written by a thread of their own: an event loop never waits for a terminal. */
final class Logging {
    private static final int QUEUE = 8192;
    private static final int SUMMARY_SECONDS = 10;

    private static LogRateLimiter gate = new LogRateLimiter(0, System::nanoTime);

    private Logging() {}

    /** Sets the level, the form and the rate of all that is logged. */
    static void configure(boolean verbose, boolean quiet, boolean json, int rate) {
        if (System.getProperty("io.netty.machineId") == null) {
            // a machine without a network card would be a warning
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
            gate = new LogRateLimiter(rate, System::nanoTime);
            queue.addFilter(gate); // before the queue, which a flood would fill
            context.getScheduledExecutorService()
                    .scheduleAtFixedRate(gate::summarize, SUMMARY_SECONDS, SUMMARY_SECONDS, TimeUnit.SECONDS);
        }
        queue.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(queue);
        root.setLevel(quiet ? Level.ERROR : Level.WARN);
        if (!quiet) {
            context.getLogger("tftpd").setLevel(verbose ? Level.DEBUG : Level.INFO);
            context.getLogger("dev.lockstep").setLevel(verbose ? Level.DEBUG : Level.INFO);
        }
    }

    /** Writes what is still queued. */
    static void flush() {
        gate.summarize();
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    private static Encoder<ILoggingEvent> encoder(LoggerContext context, boolean verbose, boolean json) {
        boolean journal = JournalLayout.areWantedOn(JournalLayout.STANDARD_ERROR, System.getenv("JOURNAL_STREAM"));
        Encoder<ILoggingEvent> lines = json ? new JsonLayout(verbose) : plain(verbose, journal);
        lines.setContext(context);
        lines.start();
        return journal ? new JournalLayout(lines) : lines;
    }

    /** The journal has a time and a priority of its own for each line. */
    private static Encoder<ILoggingEvent> plain(boolean verbose, boolean journal) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        String head = journal ? "" : "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level ";
        encoder.setPattern(head + "%msg%n" + (verbose ? "%ex" : "%nopex"));
        return encoder;
    }
}

package dev.lockstep.tftp.server.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.LoggerFactory;

/** Log lines on standard error, written by a thread of their own: an event loop never waits for a terminal. */
final class Logging {
    private static final int QUEUE = 8192;

    private Logging() {}

    /** Sets the level and the form of all that is logged. */
    static void configure(boolean verbose, boolean quiet, boolean json) {
        if (System.getProperty("io.netty.machineId") == null) {
            // a machine without a network card would be a warning
            System.setProperty("io.netty.machineId", "00:00:00:00:00:00");
        }
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(json ? json(context) : lines(context, verbose));
        console.start();
        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setQueueSize(QUEUE);
        queue.setNeverBlock(true);
        queue.setDiscardingThreshold(0); // nothing is dropped before the queue is full
        queue.addAppender(console);
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
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    private static Encoder<ILoggingEvent> lines(LoggerContext context, boolean verbose) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %msg%n" + (verbose ? "%ex" : "%nopex"));
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }
}

package dev.lockstep.tftp.server.internal.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Collects the log lines of the daemon during each test, and prints none of them. */
public final class LogCapture extends ListAppender<ILoggingEvent> implements BeforeEachCallback, AfterEachCallback {
    private final Logger logger = (Logger) LoggerFactory.getLogger("tftpd");
    private final Level level;

    /** Creates a capture of the lines of a level and more severe ones. */
    public LogCapture(Level level) {
        this.level = level;
    }

    /** Returns the logger of the daemon. */
    public Logger logger() {
        return logger;
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        logger.setLevel(level);
        logger.setAdditive(false);
        logger.addAppender(this);
        start();
    }

    @Override
    public void afterEach(ExtensionContext test) {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(null);
    }
}

package dev.lockstep.tftp.server.internal.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Formats lines for the systemd journal: each line begins with its priority (sd-daemon(3)). */
final class JournalLayout extends EncoderBase<ILoggingEvent> {
    static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    private static final String ERR = "<3>";
    private static final String WARNING = "<4>";
    private static final String INFO = "<6>";
    private static final String DEBUG = "<7>";

    private final Encoder<ILoggingEvent> lines;

    JournalLayout(Encoder<ILoggingEvent> lines) {
        this.lines = lines;
    }

    /**
     * Returns true if a file is a stream to the journal. {@code JOURNAL_STREAM} holds the device and the inode that
     * were connected to the journal at the start; the stream may have been redirected since (systemd.exec(5)).
     */
    static boolean areWantedOn(Path file, String journalStream) {
        try {
            return journalStream != null
                    && journalStream.equals(
                            Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false; // not on Linux
        }
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String priority = priority(event.getLevel());
        String text = new String(lines.encode(event), StandardCharsets.UTF_8).stripTrailing();
        return (priority + text.replace("\n", "\n" + priority) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String priority(Level level) {
        if (level.isGreaterOrEqual(Level.ERROR)) {
            return ERR;
        }
        if (level.isGreaterOrEqual(Level.WARN)) {
            return WARNING;
        }
        return level.isGreaterOrEqual(Level.INFO) ? INFO : DEBUG;
    }

    @Override
    public byte[] headerBytes() {
        return lines.headerBytes();
    }

    @Override
    public byte[] footerBytes() {
        return lines.footerBytes();
    }
}

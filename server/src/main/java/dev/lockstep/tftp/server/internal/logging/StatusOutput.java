package dev.lockstep.tftp.server.internal.logging;

import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.server.ServerLifecycleListener;
import dev.lockstep.tftp.server.TftpServer;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Prints the state of the daemon: its ports, traced packets, and its end. These are plain lines on standard output, or,
 * if the log is JSON, events of the log whatever its level.
 */
@ThreadSafe
public final class StatusOutput implements ServerLifecycleListener {
    /** The name of the logger, whose lines are neither limited nor suppressed. */
    static final String LOGGER = "tftpd.status";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);

    private final PrintStream plain;
    private volatile boolean interrupted;

    private StatusOutput(PrintStream plain) {
        this.plain = plain;
    }

    /** Returns the output for a log that is JSON or not. */
    public static StatusOutput of(boolean json) {
        return new StatusOutput(json ? null : System.out);
    }

    /**
     * Reports a listening socket.
     *
     * @param isOnlyOne true if there is no other one, so that the plain line needs no address
     */
    public void listening(InetSocketAddress address, boolean isOnlyOne) {
        String host = AddressFormat.of(address.getAddress());
        String message = "Listening port " + address.getPort() + (isOnlyOne && plain != null ? "" : " on " + host);
        print(event("listening").addKeyValue("address", host).addKeyValue("port", address.getPort()), message);
    }

    /** Reports the TCP port of the probe. */
    public void probeListening(int port) {
        print(event("probe_listening").addKeyValue("port", port), "Probe port " + port);
    }

    /** Reports the address of the HTTP port. */
    public void httpListening(InetSocketAddress address) {
        String host = AddressFormat.of(address.getAddress());
        print(
                event("http_listening").addKeyValue("address", host).addKeyValue("port", address.getPort()),
                "HTTP port " + address.getPort() + " on " + host);
    }

    /** Reports a line of the packet trace. */
    public void packet(String line) {
        print(event("packet"), line);
    }

    /** Called when a signal has been received: the graceful shutdown that follows is reported. */
    public void interrupted() {
        interrupted = true;
    }

    @Override
    public void started(TftpServer server) {}

    @Override
    public void stopping() {
        if (interrupted) {
            print(event("stopping"), "Interrupt, quitting...");
        }
    }

    private static LoggingEventBuilder event(String name) {
        return LOG.atInfo().addKeyValue("event", name);
    }

    private void print(LoggingEventBuilder event, String message) {
        if (plain == null) {
            event.log("{}", message);
        } else {
            plain.println(message);
        }
    }
}

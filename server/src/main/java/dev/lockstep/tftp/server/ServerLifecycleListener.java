package dev.lockstep.tftp.server;

import java.io.IOException;

/**
 * Runs something beside a server, such as a health probe or a port for metrics. The methods are called by the threads
 * that start and stop the server, never at once.
 */
public interface ServerLifecycleListener {
    /**
     * Called once when all addresses are bound and requests are served.
     *
     * @param server the server, for its addresses, its metrics and its event loops. It must not be stopped here
     * @throws IOException if the listener cannot start: then the server does not start
     */
    void started(TftpServer server) throws IOException;

    /**
     * Called once when new requests are no longer served; running transfers may continue. Also called if {@link
     * #started} has thrown an exception, or was not called because another listener could not start.
     */
    void stopping();

    /**
     * Called once when all transfers have ended and everything is closed, after {@link #stopping}. Does nothing by
     * default.
     */
    default void stopped() {}
}

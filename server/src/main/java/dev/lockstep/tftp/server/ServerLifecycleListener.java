package dev.lockstep.tftp.server;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A service that runs while the server serves requests, such as a health probe. */
public interface ServerLifecycleListener {
    /**
     * Passes a health check. It returns false if the threads of every storage are blocked by a disk that does not
     * respond. Called once, before {@link #open}.
     *
     * @param serving returns true if files can be served; safe for use by several threads, does not block
     */
    default void watch(BooleanSupplier serving) {}

    /**
     * Called once when all listeners are bound and requests are served, by the thread that starts the server.
     *
     * @param loops the event loops of the server, for sockets and timers; they are shut down when the last transfer has
     *     ended
     * @param addresses the addresses that the server listens on
     * @throws IOException if the service cannot start: then the server does not start, and {@link #close} is called
     */
    void open(EventLoopGroup loops, List<InetSocketAddress> addresses) throws IOException;

    /**
     * Called once when new requests are no longer served; running transfers may continue. Called even if {@link #open}
     * was not.
     */
    void close();
}

package dev.lockstep.tftp.server;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Lives beside the listeners: what else is to be there while requests are served, and only then. */
public interface ServerLifecycleListener {
    /**
     * Hands over what tells whether files can be served: not when the threads of every storage wait for a disk that does
     * not answer. Called once, before {@link #open}.
     *
     * @param serving safe on any thread; does not block
     */
    default void watch(BooleanSupplier serving) {}

    /**
     * All listeners are bound, requests are served. Called once, by the thread that starts the server.
     *
     * @param loops those of the server, for sockets and timers; shut down when the last transfer is over
     * @param addresses where it listens
     * @throws IOException if it can't do its part: then the server does not start, and {@link #close} is called
     */
    void open(EventLoopGroup loops, List<InetSocketAddress> addresses) throws IOException;

    /** No request is taken any more, running transfers may go on. Called once, even if nothing was opened. */
    void close();
}

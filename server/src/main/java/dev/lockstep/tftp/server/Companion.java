package dev.lockstep.tftp.server;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** Lives beside the listeners: what else is to be there while requests are served, and only then. */
public interface Companion {
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

package dev.lockstep.tftp.client.conform;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.OptionalInt;

/** A client under test. */
interface TestedClient {
    /** Returns whether it can get files. */
    boolean gets();

    /** Returns whether it can put files. */
    boolean puts();

    /** Starts to get a file. */
    Running get(InetSocketAddress server, String file) throws IOException;

    /** Starts to put a file. */
    Running put(InetSocketAddress server, String file, byte[] content) throws IOException;

    /** A client that was started. */
    interface Running extends AutoCloseable {
        /** Waits for its end; returns the exit status, empty if it still runs. */
        OptionalInt await(long nanos);

        /** Returns the file that it got; null if there is none. */
        byte[] file() throws IOException;

        /** Stops it if it still runs. */
        @Override
        void close();
    }
}

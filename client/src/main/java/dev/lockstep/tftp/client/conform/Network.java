package dev.lockstep.tftp.client.conform;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Function;

/** Sends and receives the datagrams of the tester: UDP sockets, or a simulation with its own time. */
interface Network {
    /**
     * Opens a socket of the tester on a free port.
     *
     * @param capture adds the datagrams of this socket to a capture, or null
     */
    Endpoint open(Capture capture) throws IOException;

    /** Returns the time in nanoseconds. */
    long nanoTime();

    /** Lets time pass. */
    void sleep(long nanos);

    /** Returns a capture of the datagrams of one check, or null if none is wanted. */
    Capture newCapture();

    /** A socket of the tester. */
    interface Endpoint extends AutoCloseable {
        InetSocketAddress address();

        void send(InetSocketAddress to, byte[] datagram);

        /** Waits for the next datagram; returns null if none is received in time. */
        Received receive(long nanos);

        @Override
        void close();
    }

    /** A received datagram. */
    record Received(InetSocketAddress from, byte[] bytes, long nanos) {}

    /** The datagrams of one check in pcap format. */
    interface Capture {
        /** Ends the capture and returns its bytes. */
        byte[] finish();
    }

    /** Runs an action on a new socket and closes it. */
    default <T> T with(Capture capture, Function<Endpoint, T> action) throws IOException {
        try (Endpoint endpoint = open(capture)) {
            return action.apply(endpoint);
        }
    }
}

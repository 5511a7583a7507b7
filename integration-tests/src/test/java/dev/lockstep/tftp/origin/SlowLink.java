package dev.lockstep.tftp.origin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** A TCP relay in front of a server on this machine, whose responses have a limited rate. */
final class SlowLink implements AutoCloseable {
    static final int BYTES_PER_SECOND = 1 << 20;

    private static final int BUFFER = 32 * 1024;
    private static final long NANOS_A_BUFFER = BUFFER * 1_000_000_000L / BYTES_PER_SECOND;

    private final ServerSocket server;
    private final int port;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /**
     * Starts a relay.
     *
     * @param port the port of the server
     */
    SlowLink(int port) {
        this.port = port;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    String uri() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                threads.execute(() -> relay(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void relay(Socket client) {
        try (client;
                Socket origin = new Socket()) {
            origin.setReceiveBufferSize(BUFFER); // otherwise the kernel would hold most of a file
            origin.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            threads.execute(() -> pass(client, origin, 0));
            pass(origin, client, NANOS_A_BUFFER);
        } catch (IOException e) {
            // the server is not there: the client's connection is closed
        }
    }

    private static void pass(Socket from, Socket to, long pause) {
        byte[] bytes = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                out.write(bytes, 0, length);
                LockSupport.parkNanos(pause * length / BUFFER);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // the other direction ends it
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

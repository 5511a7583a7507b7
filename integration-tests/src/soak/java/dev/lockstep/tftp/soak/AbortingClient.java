package dev.lockstep.tftp.soak;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static dev.lockstep.tftp.harness.Bytes.wrq;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A client that aborts its transfers: with an ERROR, by closing its port, or silently with the port still open. */
final class AbortingClient {
    private static final int MOST_BLOCKS = 40;

    private final InetSocketAddress server;
    private final SplittableRandom random;
    private final ScheduledExecutorService later;
    private final Duration idleTimeout;

    AbortingClient(
            InetSocketAddress server, SplittableRandom random, ScheduledExecutorService later, Duration idleTimeout) {
        this.server = server;
        this.random = random;
        this.later = later;
        this.idleTimeout = idleTimeout;
    }

    void abortGet(String name) throws IOException {
        DatagramSocket socket = socket();
        send(socket, rrq(name, "blksize", "1024", "windowsize", Integer.toString(1 << random.nextInt(5))), server);
        SocketAddress peer = receive(socket);
        int end = random.nextInt(MOST_BLOCKS);
        for (int block = 0; peer != null && block < end; block++) {
            send(socket, ack(block), peer);
            receive(socket);
        }
        leave(socket, peer);
    }

    void abortPut(String name) throws IOException {
        DatagramSocket socket = socket();
        send(socket, wrq(name), server);
        SocketAddress peer = receive(socket);
        int end = random.nextInt(MOST_BLOCKS);
        for (int block = 1; peer != null && block < end; block++) {
            send(socket, data(block, pattern(512)), peer);
            receive(socket);
        }
        leave(socket, peer);
    }

    void stray() throws IOException {
        try (DatagramSocket socket = socket()) {
            for (int i = 0; i < 10; i++) {
                byte[] noise = new byte[random.nextInt(600)];
                random.nextBytes(noise);
                send(socket, noise, server);
            }
            send(socket, ack(random.nextInt(65536)), server);
            send(socket, data(random.nextInt(65536), pattern(512)), server);
            send(socket, error(random.nextInt(9), "stray"), server);
        }
    }

    private void leave(DatagramSocket socket, SocketAddress peer) throws IOException {
        switch (random.nextInt(3)) {
            case 0 -> {
                if (peer != null) {
                    send(socket, error(0, "changed my mind"), peer);
                }
                socket.close();
            }
            case 1 -> socket.close();
            default -> closeLater(socket);
        }
    }

    private void closeLater(DatagramSocket socket) {
        try {
            later.schedule(socket::close, idleTimeout.toMillis() + 2000, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException atTheEnd) {
            socket.close();
        }
    }

    private static DatagramSocket socket() throws IOException {
        DatagramSocket socket = new DatagramSocket();
        socket.setSoTimeout(300);
        return socket;
    }

    private static void send(DatagramSocket socket, byte[] datagram, SocketAddress to) throws IOException {
        socket.send(new DatagramPacket(datagram, datagram.length, to));
    }

    /** Returns the address of the next datagram, or null if none arrives in time. */
    private static SocketAddress receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        try {
            socket.receive(packet);
            return packet.getSocketAddress();
        } catch (SocketTimeoutException silence) {
            return null;
        }
    }
}

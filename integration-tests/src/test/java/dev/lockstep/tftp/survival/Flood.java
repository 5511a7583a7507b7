package dev.lockstep.tftp.survival;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * Requests from made-up addresses of 127.0.0.0/8, as quick as one thread can send them. What comes back meets a socket
 * that never answers, so that no ICMP error tells the server that nobody is there.
 */
final class Flood {
    private final InetSocketAddress target;
    private final byte[] request;
    private final List<InetAddress> senders = new ArrayList<>();

    /** A flood from that many addresses, none of them in the /24 of 127.0.0.1. */
    Flood(InetSocketAddress target, byte[] request, int addresses, long seed) {
        this.target = target;
        this.request = request;
        Random random = new Random(seed);
        for (int i = 0; i < addresses; i++) {
            byte[] address = {127, (byte) random.nextInt(1, 255), (byte) random.nextInt(), (byte) random.nextInt(1, 255)
            };
            try {
                senders.add(InetAddress.getByAddress(address));
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e); // four octets are always an address
            }
        }
    }

    /** One that is being sent; {@code underWay} when its first tenth is out, {@code seconds} it took when all is. */
    record Running(CountDownLatch underWay, CompletableFuture<Double> seconds) {}

    /** Begins to send that many requests, each from the next address. */
    Running start(int requests) {
        CountDownLatch underWay = new CountDownLatch(Math.max(1, requests / 10));
        return new Running(underWay, CompletableFuture.supplyAsync(() -> {
            long begin = System.nanoTime();
            for (int sent = 0; sent < requests; sent += senders.size()) {
                sendFromEach(Math.min(senders.size(), requests - sent), underWay);
            }
            return (System.nanoTime() - begin) / 1e9;
        }));
    }

    /** Another port each time: these are new requests and no repeated ones. */
    private void sendFromEach(int count, CountDownLatch underWay) {
        try (DatagramSocket sink = shared(new InetSocketAddress(0))) {
            for (InetAddress sender : senders.subList(0, count)) {
                try (DatagramSocket socket = shared(new InetSocketAddress(sender, sink.getLocalPort()))) {
                    socket.send(new DatagramPacket(request, request.length, target));
                }
                underWay.countDown();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DatagramSocket shared(InetSocketAddress address) throws IOException {
        DatagramSocket socket = new DatagramSocket(null);
        socket.setReuseAddress(true);
        socket.bind(address);
        return socket;
    }
}

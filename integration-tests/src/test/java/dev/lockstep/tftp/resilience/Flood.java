package dev.lockstep.tftp.resilience;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A flood of requests with spoofed source addresses of 127.0.0.0/8, at an even rate. Sending at full speed would take as
 * much processor time on a small machine as all the rest. The replies arrive at a socket that never answers, so that
 * the server gets no ICMP errors.
 */
final class Flood {
    private final InetSocketAddress target;
    private final List<ByteBuffer> requests;
    private final List<InetAddress> senders = new ArrayList<>();
    private final int perSecond;

    /**
     * Creates a flood of all the requests from each address.
     *
     * @param addresses the number of addresses; none is in the /24 of 127.0.0.1 or in 127.255.0.0/16
     * @param perSecond the rate of requests
     * @param seed the seed of the addresses
     */
    Flood(InetSocketAddress target, List<byte[]> requests, int addresses, int perSecond, long seed) {
        this.target = target;
        this.perSecond = perSecond;
        this.requests = requests.stream()
                .map(request ->
                        ByteBuffer.allocateDirect(request.length).put(request).flip())
                .toList();
        Random random = new Random(seed);
        for (int i = 0; i < addresses; i++) {
            byte[] address = {127, (byte) random.nextInt(1, 255), (byte) random.nextInt(), (byte) random.nextInt(1, 255)
            };
            try {
                senders.add(InetAddress.getByAddress(address));
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e); // four bytes are always an address
            }
        }
    }

    /** Returns the number of requests. */
    int size() {
        return requests.size() * senders.size();
    }

    /**
     * A flood that is being sent.
     *
     * @param underWay counted down to 0 when the first tenth of the requests has been sent
     * @param seconds completed with the duration when all requests have been sent
     */
    record Running(CountDownLatch underWay, CompletableFuture<Double> seconds) {}

    /** Sends the flood once. Each call uses another port. */
    Running start() {
        return start(() -> false);
    }

    /** Sends the flood, and repeats it as long as {@code more} is true. */
    Running start(BooleanSupplier more) {
        CountDownLatch underWay = new CountDownLatch(Math.max(1, senders.size() / 10));
        return new Running(underWay, CompletableFuture.supplyAsync(() -> {
            long begin = System.nanoTime();
            try (DatagramChannel sink = bound(new InetSocketAddress("0.0.0.0", 0))) {
                int port = ((InetSocketAddress) sink.getLocalAddress()).getPort();
                long due = begin;
                do {
                    for (InetAddress sender : senders) {
                        sendFrom(new InetSocketAddress(sender, port));
                        underWay.countDown();
                        due += requests.size() * TimeUnit.SECONDS.toNanos(1) / perSecond;
                        LockSupport.parkNanos(due - System.nanoTime());
                    }
                } while (more.getAsBoolean());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return (System.nanoTime() - begin) / 1e9;
        }));
    }

    private void sendFrom(InetSocketAddress sender) throws IOException {
        try (DatagramChannel socket = bound(sender)) {
            for (ByteBuffer request : requests) {
                socket.send(request.duplicate(), target);
            }
        }
    }

    /** Opens a socket with a shared port: replies arrive at the sink as soon as the sender is closed. */
    private static DatagramChannel bound(InetSocketAddress address) throws IOException {
        return DatagramChannel.open(StandardProtocolFamily.INET)
                .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                .bind(address);
    }
}

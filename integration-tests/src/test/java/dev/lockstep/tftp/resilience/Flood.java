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
import java.nio.file.Files;
import java.nio.file.Path;
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
    /** Senders after which the server's receive buffers are looked at. */
    private static final int LOOK_EVERY = 25;
    /** Bytes, as the kernel accounts for them: about half of the default size of a receive buffer. */
    private static final long MOST_QUEUED = 100_000;

    private final InetSocketAddress target;
    private final List<ByteBuffer> requests;
    private final List<InetAddress> senders = new ArrayList<>();
    private final int perSecond;
    private long sent;

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
        return start(() -> false, false);
    }

    /**
     * Sends the flood, and repeats it as long as {@code more} is true. It pauses while the server does not keep up
     * because the machine is busy, so that the kernel does not drop the requests of real clients.
     */
    Running startWithinCapacity(BooleanSupplier more) {
        return start(more, true);
    }

    private Running start(BooleanSupplier more, boolean isWithinCapacity) {
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
                        due += isWithinCapacity ? awaitRoom() : 0;
                    }
                } while (more.getAsBoolean());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return (System.nanoTime() - begin) / 1e9;
        }));
    }

    /** Waits until the server has read most of what was sent to it. Returns the nanoseconds that took. */
    private long awaitRoom() throws IOException {
        if (++sent % LOOK_EVERY != 0) {
            return 0;
        }
        long begin = System.nanoTime();
        while (queued() > MOST_QUEUED) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return System.nanoTime() - begin;
    }

    /** Returns the bytes in the receive buffers of the server's port: the fifth column is {@code tx_queue:rx_queue}. */
    private long queued() throws IOException {
        String port = String.format(":%04X", target.getPort());
        return Files.readAllLines(Path.of("/proc/net/udp")).stream()
                .map(line -> line.trim().split("\\s+"))
                .filter(columns -> columns[1].endsWith(port))
                .mapToLong(columns -> Long.parseLong(columns[4].substring(columns[4].indexOf(':') + 1), 16))
                .max()
                .orElse(0);
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

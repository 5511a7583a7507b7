package dev.lockstep.tftp.soak;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.relay.NetworkImpairment;
import dev.lockstep.tftp.relay.Relay;
import dev.lockstep.tftp.testing.ByteArraySource;
import dev.lockstep.tftp.testing.MemorySink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Gets and puts through a relay that loses datagrams, checked byte by byte; transfers that break off; and packets that
 * belong to nothing. Several at once, each worker so many a second at most.
 */
final class MixedLoad implements AutoCloseable {
    private static final int WORKERS = 8;
    private static final int[] SIZES = {0, 1, 511, 512, 10_000, 100_000, 500_000, 2_000_000};

    private final Path root;
    private final InetSocketAddress server;
    private final Duration idleTimeout;
    private final Relay relay;
    private final List<TftpClient> clients = List.of(
            TftpClient.builder().build(),
            TftpClient.builder().windowsize(8).build(),
            TftpClient.builder().blksize(8192).windowsize(4).build(),
            TftpClient.builder().options(false).build());
    private final ScheduledExecutorService workers = Executors.newScheduledThreadPool(WORKERS);
    private final Map<Errand, LongAdder> done = new EnumMap<>(Errand.class);
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    /** What a worker may be sent for, and how often of a hundred times. */
    enum Errand {
        GET(45),
        PUT(25),
        ABORTED_GET(8),
        ABORTED_PUT(8),
        STRAY_PACKETS(14);

        private final int share;

        Errand(int share) {
            this.share = share;
        }

        static Errand any(SplittableRandom random) {
            int drawn = random.nextInt(100);
            for (Errand each : values()) {
                drawn -= each.share;
                if (drawn < 0) {
                    return each;
                }
            }
            return GET;
        }
    }

    MixedLoad(Path root, InetSocketAddress server, Duration idleTimeout, double loss, long seed) throws IOException {
        this.root = root;
        this.server = server;
        this.idleTimeout = idleTimeout;
        this.relay = Relay.to(server)
                .weather(NetworkImpairment.CLEAR.withLoss(loss))
                .seed(seed)
                .start();
        for (Errand each : Errand.values()) {
            done.put(each, new LongAdder());
        }
        for (int size : SIZES) {
            Files.write(root.resolve("file-" + size), Bytes.pattern(size));
        }
    }

    /** Sends the workers off, so that together they do no more than {@code rate} errands a second. */
    void start(double rate, long seed) {
        SplittableRandom seeds = new SplittableRandom(seed);
        long pause = (long) (WORKERS * 1e6 / rate);
        for (int i = 0; i < WORKERS; i++) {
            int number = i;
            SplittableRandom random = seeds.split();
            workers.scheduleWithFixedDelay(() -> go(number, random), i * pause / WORKERS, pause, TimeUnit.MICROSECONDS);
        }
    }

    private void go(int worker, SplittableRandom random) {
        Errand errand = Errand.any(random);
        try {
            switch (errand) {
                case GET -> get(random);
                case PUT -> put(worker, random);
                case ABORTED_GET -> new AbortingClient(server, random, workers, idleTimeout).breakOffGet("file-500000");
                case ABORTED_PUT ->
                    new AbortingClient(server, random, workers, idleTimeout).breakOffPut("up-" + worker);
                default -> new AbortingClient(server, random, workers, idleTimeout).stray();
            }
            done.get(errand).increment();
        } catch (IOException | RuntimeException e) {
            failures.add(errand + ": " + e);
        }
    }

    private void get(SplittableRandom random) {
        boolean lockStep = random.nextInt(clients.size()) == clients.size() - 1;
        int size = SIZES[random.nextInt(lockStep ? SIZES.length - 3 : SIZES.length)];
        MemorySink sink = new MemorySink();
        await(() -> client(lockStep, random).get(remote("file-" + size), sink).join());
        if (!Arrays.equals(sink.content(), Bytes.pattern(size))) {
            failures.add("GET: wrong content, " + size + " octets");
        }
    }

    private void put(int worker, SplittableRandom random) throws IOException {
        boolean lockStep = random.nextInt(clients.size()) == clients.size() - 1;
        byte[] content = Bytes.pattern(SIZES[random.nextInt(SIZES.length - (lockStep ? 3 : 1))] + worker);
        String name = "up-" + worker;
        await(() -> client(lockStep, random)
                .put(remote(name), new ByteArraySource(content))
                .join());
        if (!Arrays.equals(Files.readAllBytes(root.resolve(name)), content)) {
            failures.add("PUT: wrong content, " + content.length + " octets");
        }
    }

    private static void await(Runnable transfer) {
        try {
            transfer.run();
        } catch (CompletionException e) {
            throw new UncheckedIOException(new IOException(e.getCause().getMessage(), e));
        }
    }

    private TftpClient client(boolean lockStep, SplittableRandom random) {
        return clients.get(lockStep ? clients.size() - 1 : random.nextInt(clients.size() - 1));
    }

    private RemoteFile remote(String name) {
        InetSocketAddress entry = relay.address();
        return new RemoteFile(entry.getAddress().getHostAddress(), entry.getPort(), name, TransferMode.OCTET);
    }

    /** What went wrong so far, of the last errands after {@link #close} only: nothing, if all is well. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public String toString() {
        return done.toString();
    }

    /** Ends when the errands under way are done. */
    @Override
    public void close() {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(2, TimeUnit.MINUTES)) {
                failures.add("an errand has no end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clients.forEach(TftpClient::close);
        relay.close();
    }
}

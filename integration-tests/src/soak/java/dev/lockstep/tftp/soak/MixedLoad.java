package dev.lockstep.tftp.soak;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.harness.Bytes;
import dev.lockstep.tftp.relay.Relay;
import dev.lockstep.tftp.testing.ByteArraySource;
import dev.lockstep.tftp.testing.MemorySink;
import dev.lockstep.tftp.testing.impairment.NetworkImpairment;
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
 * A mixed load of several workers with a limited rate: downloads and uploads through a relay that drops datagrams,
 * verified byte by byte, aborted transfers, and packets that belong to no transfer.
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
    private final Map<Operation, LongAdder> done = new EnumMap<>(Operation.class);
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    /** The operations of a worker, each with its share in per cent. */
    enum Operation {
        GET(45),
        PUT(25),
        ABORTED_GET(8),
        ABORTED_PUT(8),
        STRAY_PACKETS(14);

        private final int share;

        Operation(int share) {
            this.share = share;
        }

        static Operation any(SplittableRandom random) {
            int drawn = random.nextInt(100);
            for (Operation each : values()) {
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
                .impairment(NetworkImpairment.CLEAR.withLoss(loss))
                .seed(seed)
                .start();
        for (Operation each : Operation.values()) {
            done.put(each, new LongAdder());
        }
        for (int size : SIZES) {
            Files.write(root.resolve("file-" + size), Bytes.pattern(size));
        }
    }

    /** Starts the workers, which together run at most {@code rate} operations a second. */
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
        Operation operation = Operation.any(random);
        try {
            switch (operation) {
                case GET -> get(random);
                case PUT -> put(worker, random);
                case ABORTED_GET -> new AbortingClient(server, random, workers, idleTimeout).abortGet("file-500000");
                case ABORTED_PUT -> new AbortingClient(server, random, workers, idleTimeout).abortPut("up-" + worker);
                default -> new AbortingClient(server, random, workers, idleTimeout).stray();
            }
            done.get(operation).increment();
        } catch (IOException | RuntimeException e) {
            failures.add(operation + ": " + e);
        }
    }

    private void get(SplittableRandom random) {
        boolean lockStep = random.nextInt(clients.size()) == clients.size() - 1;
        int size = SIZES[random.nextInt(lockStep ? SIZES.length - 3 : SIZES.length)];
        MemorySink sink = new MemorySink();
        await(() -> client(lockStep, random)
                .getAsync(TransferRequest.of(remote("file-" + size)), sink)
                .join());
        if (!Arrays.equals(sink.content(), Bytes.pattern(size))) {
            failures.add("GET: wrong content, " + size + " bytes");
        }
    }

    private void put(int worker, SplittableRandom random) throws IOException {
        boolean lockStep = random.nextInt(clients.size()) == clients.size() - 1;
        byte[] content = Bytes.pattern(SIZES[random.nextInt(SIZES.length - (lockStep ? 3 : 1))] + worker);
        String name = "up-" + worker;
        await(() -> client(lockStep, random)
                .putAsync(new ByteArraySource(content), TransferRequest.of(remote(name)))
                .join());
        if (!Arrays.equals(Files.readAllBytes(root.resolve(name)), content)) {
            failures.add("PUT: wrong content, " + content.length + " bytes");
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

    /** Returns the failures so far. Those of the last operations are included only after {@link #close}. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public String toString() {
        return done.toString();
    }

    /** Waits until the running operations have ended. */
    @Override
    public void close() {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(2, TimeUnit.MINUTES)) {
                failures.add("an operation did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clients.forEach(TftpClient::close);
        relay.close();
    }
}

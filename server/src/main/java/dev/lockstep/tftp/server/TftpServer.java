package dev.lockstep.tftp.server;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.file.BufferBudget;
import dev.lockstep.tftp.internal.channel.file.SourceChunkReader;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.ServerMetrics.BufferMemoryMetrics;
import dev.lockstep.tftp.server.ServerMetrics.ChunkCacheMetrics;
import dev.lockstep.tftp.server.internal.ServerConfig;
import dev.lockstep.tftp.server.internal.cache.ChunkCache;
import dev.lockstep.tftp.server.internal.listener.ListenerContext;
import dev.lockstep.tftp.server.internal.listener.ListeningSockets;
import dev.lockstep.tftp.server.internal.metrics.ServerCounters;
import dev.lockstep.tftp.server.internal.session.IoPools;
import dev.lockstep.tftp.server.internal.session.TransferQuota;
import dev.lockstep.tftp.server.internal.validation.AddressValidation;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A running TFTP server.
 *
 * <pre>{@code
 * Storage files = DirectoryStorage.at(Path.of("/srv/tftp"), WriteRules.READ_ONLY);
 * try (TftpServer server = TftpServer.builder().storage(files).port(6969).start()) {
 *     System.out.println("Listening port " + server.port());
 *     ...
 * }
 * }</pre>
 */
@ThreadSafe
public final class TftpServer implements AutoCloseable {
    private static final int STUCK_CHECK_SECONDS = 1;
    private static final long PROGRESS_STEP = 32L << 20;
    /** Time for cancelled transfers to close their files. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final ServerConfig config;
    private final TransferQuota quota;
    private final EventLoopGroup loops;
    private final IoPools io;
    private final ListeningSockets listeners;
    private final AddressValidation validation;
    private final ServerCounters counters;
    private final BufferBudget budget;
    private final ChunkCache chunks;
    private final Future<?> stuckCheck;
    private volatile boolean stopping;

    private TftpServer(ServerConfig config) throws IOException {
        EventLoopGroup shared = config.sharedLoops();
        Transport transport = shared == null ? Transport.best() : Transport.of(shared);
        this.config = config;
        quota = new TransferQuota(config.maxTransfers(), config.maxTransfersPerClient());
        loops = shared == null ? ownLoops(config, transport, quota) : shared;
        io = new IoPools(System::nanoTime, config.ioExecutors());
        stuckCheck = scheduleStuckCheck(config, io, loops);
        counters = new ServerCounters(config.policy());
        budget = BufferBudget.ofDirectMemory(config.bufferMemory());
        chunks = ChunkCache.within(budget);
        TransferContext context = new TransferContext(
                TransferLimits.DEFAULT, // each request has limits of its own
                io.general(),
                budget,
                PooledByteBufAllocator.DEFAULT,
                transport.segments() && config.taps().isEmpty(), // a tap shows single datagrams
                TransferListener.all(List.of(counters, config.listener())),
                PROGRESS_STEP,
                RateLimiter.UNLIMITED,
                chunks == null ? SourceChunkReader::new : chunks);
        ListenerContext listening = new ListenerContext(config, context, transport, quota, io::openings);
        validation = listening.validation();
        try {
            listeners = ListeningSockets.bind(listening, loops);
        } catch (IOException | RuntimeException e) {
            release();
            throw e;
        }
    }

    /** {@return a new builder, with defaults for all settings except the storage} */
    public static TftpServerBuilder builder() {
        return new TftpServerBuilder();
    }

    /**
     * Starts a server. Releases everything if that fails.
     *
     * @throws IOException if an address cannot be bound
     */
    static TftpServer start(ServerConfig config) throws IOException {
        TftpServer server = new TftpServer(config);
        try {
            for (ServerLifecycleListener listener : config.lifecycleListeners()) {
                listener.started(server);
            }
            return server;
        } catch (IOException | RuntimeException e) {
            try {
                config.lifecycleListeners().forEach(ServerLifecycleListener::stopping);
            } finally {
                server.listeners.close();
                server.release();
            }
            throw e;
        }
    }

    /** Releases what a server that could not start has. */
    private void release() {
        stuckCheck.cancel(false);
        if (config.sharedLoops() == null) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
        io.shutdown();
        config.lifecycleListeners().forEach(ServerLifecycleListener::stopped);
    }

    private static EventLoopGroup ownLoops(ServerConfig config, Transport transport, TransferQuota quota) {
        // with more transfers there is always work, or their clients need the processors; in a window, packets are sent
        // while the client processes others
        int polling = Runtime.getRuntime().availableProcessors() / 2;
        return transport.newGroup(
                config.eventLoops(),
                "tftp",
                polling == 0 ? Duration.ZERO : config.busyPoll(),
                () -> quota.isLockStepOnly(polling));
    }

    /** Schedules the replacement of stuck threads, unless the embedding program has its own. */
    private static Future<?> scheduleStuckCheck(ServerConfig config, IoPools io, EventLoopGroup loops) {
        if (config.ioExecutors() != null) {
            return CompletableFuture.completedFuture(null);
        }
        Runnable check = () -> io.general().execute(io::replaceStuck);
        return loops.next().scheduleWithFixedDelay(check, STUCK_CHECK_SECONDS, STUCK_CHECK_SECONDS, TimeUnit.SECONDS);
    }

    /** {@return the addresses that the server listens on, with their actual ports} */
    public List<InetSocketAddress> addresses() {
        return listeners.addresses();
    }

    /** {@return the port of the first address} */
    public int port() {
        return addresses().get(0).getPort();
    }

    /**
     * {@return the number of running transfers} Finished uploads that dally, in order to repeat their last ACK, are not
     * counted.
     */
    public int runningTransfers() {
        return quota.running();
    }

    /** {@return a snapshot of all counters} It costs some microseconds; call it at most a few times per second. */
    public ServerMetrics metrics() {
        return counters.snapshot(
                validation.metrics(),
                chunks == null ? new ChunkCacheMetrics(0, 0, 0) : chunks.metrics(),
                new BufferMemoryMetrics(budget.used(), budget.limit()));
    }

    /**
     * {@return true if files can be served} It is false if the I/O threads of a storage are all blocked by a disk that
     * does not respond, unless another storage responds. Running transfers of a server that {@linkplain #isStopping is
     * stopping} are still served.
     */
    public boolean isServing() {
        return io.isServing();
    }

    /** {@return true from the moment when the server begins to stop and refuses new requests} */
    public boolean isStopping() {
        return stopping;
    }

    /**
     * {@return the event loops of the server, for the sockets and timers of a {@link ServerLifecycleListener}} They
     * must not be blocked. Those of the server itself are shut down when the last transfer has ended.
     */
    public EventLoopGroup eventLoops() {
        return loops;
    }

    /** Stops the server like {@link #stop}, with the drain delay and the drain time of the configuration. */
    @Override
    @Blocking
    public void close() {
        stop(config.drainDelay(), config.drain());
    }

    /**
     * Stops the server gracefully: refuses new requests, lets running transfers finish within the drain time, and ends
     * the others with an ERROR. Returns when everything is closed. Does nothing if the server is stopped already.
     *
     * @param drain the longest time that running transfers may continue
     */
    @Blocking
    public void stop(Duration drain) {
        stop(Duration.ZERO, drain);
    }

    private synchronized void stop(Duration delay, Duration drain) {
        if (stopping) {
            return;
        }
        stopping = true;
        if (delay.isZero()) {
            quota.close();
        }
        config.lifecycleListeners().forEach(ServerLifecycleListener::stopping);
        boolean interrupted = false;
        try {
            TimeUnit.NANOSECONDS.sleep(delay.toNanos());
        } catch (InterruptedException e) {
            interrupted = true; // ends the delay; the drain follows
        }
        quota.close();
        if (!config.replica()) {
            listeners.retire(); // a closed port of a replica would be reported to clients as unreachable
        }
        try {
            if (!quota.awaitEmpty(drain)) {
                listeners.cancelAll(new TftpException(ErrorCode.NOT_DEFINED, "server is shutting down"));
                quota.awaitEmpty(CLOSE_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stuckCheck.cancel(false);
        listeners.close();
        if (config.sharedLoops() == null) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(CLOSE_TIMEOUT.toMillis());
        } else {
            listeners.closeTransfers(CLOSE_TIMEOUT);
        }
        io.shutdown();
        try {
            io.awaitTermination(CLOSE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (chunks != null) {
            chunks.clear();
        }
        config.taps().forEach(PacketTap::close);
        config.lifecycleListeners().forEach(ServerLifecycleListener::stopped);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

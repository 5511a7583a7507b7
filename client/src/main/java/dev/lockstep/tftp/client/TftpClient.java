package dev.lockstep.tftp.client;

import dev.lockstep.tftp.channel.BlockingTasks;
import dev.lockstep.tftp.channel.BufferBudget;
import dev.lockstep.tftp.channel.PacketTap;
import dev.lockstep.tftp.channel.TransferContext;
import dev.lockstep.tftp.channel.Transport;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.Source;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.TransferEvent;
import dev.lockstep.tftp.transfer.TransferListener;
import dev.lockstep.tftp.transfer.TransferSettings;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Gets and puts files; any number at once. Safe on any thread. Its futures fail with a {@link TftpException} that
 * knows the ERROR, and complete on an event loop: whoever continues there must not block.
 *
 * <p>A future that is cancelled, or otherwise completed by its holder ({@code orTimeout}), ends its transfer: the server
 * gets an ERROR, and the file is closed without a commit, unless the commit has begun.
 *
 * <pre>{@code
 * try (TftpClient client = TftpClient.builder().build()) {
 *     client.get(RemoteFile.parse("tftp://192.0.2.1/boot.img", OCTET), sink).join();
 * }
 * }</pre>
 */
public final class TftpClient implements AutoCloseable {
    private static final long LAST_WORDS_SECONDS = 5;

    private final ClientConfig config;
    private final Transport transport = Transport.best();
    private final EventLoopGroup loops;
    private final ExecutorService io = Executors.newCachedThreadPool(new DefaultThreadFactory("tftp-io", true));
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Set<RunningTransfer> running = ConcurrentHashMap.newKeySet();
    private final ClientSockets sockets;
    private final TransferContext context;
    private final ServerCapabilityCache experience = new ServerCapabilityCache();
    private volatile boolean closing;

    TftpClient(ClientConfig config) {
        this.config = config;
        this.loops = transport.newGroup(config.eventLoops(), "tftp");
        ClientSockets fresh = new FreshSockets(transport, config.localPorts(), channels);
        this.sockets = config.quietTime().isZero() ? fresh : new SocketPool(fresh, config.quietTime());
        this.context = new TransferContext(
                config.limits(),
                io,
                new BufferBudget(config.bufferMemory()),
                PooledByteBufAllocator.DEFAULT,
                transport.segments() && config.taps().isEmpty(),
                config.listener(),
                config.progressStep());
    }

    /** A builder with defaults for all settings. */
    public static TftpClientBuilder builder() {
        return new TftpClientBuilder();
    }

    /** Gets a file into a sink, which is taken over and committed only if the file came whole. */
    public CompletableFuture<TransferResult> get(RemoteFile remote, Sink sink) {
        return get(TransferRequest.of(remote), sink);
    }

    /** As {@link #get(RemoteFile, Sink)}, with more to say about it. */
    public CompletableFuture<TransferResult> get(TransferRequest request, Sink sink) {
        CompletableFuture<TransferResult> result = new CompletableFuture<>();
        start(request, ClientOperation.Download.of(request.remote(), sink, result), result);
        return result;
    }

    /**
     * Puts a file from a source, which is taken over. Completes when the server has acknowledged the last block, or,
     * with the outcome UNCONFIRMED, when that last ACK never came: then the file is probably there.
     */
    public CompletableFuture<TransferResult> put(RemoteFile remote, Source source) {
        return put(TransferRequest.of(remote), source);
    }

    /** As {@link #put(RemoteFile, Source)}, with more to say about it. */
    public CompletableFuture<TransferResult> put(TransferRequest request, Source source) {
        CompletableFuture<TransferResult> result = new CompletableFuture<>();
        start(request, ClientOperation.Upload.of(request.remote(), source), result);
        return result;
    }

    /**
     * Asks to read a file only to learn what would be granted, its size above all, and leaves with ERROR 8 as boot
     * firmware does.
     */
    public CompletableFuture<TransferSettings> probe(TransferRequest request) {
        CompletableFuture<TransferSettings> granted = new CompletableFuture<>();
        CompletableFuture<TransferResult> result = new CompletableFuture<>();
        start(request, new ClientOperation.Probe(request.remote(), granted), result);
        result.whenComplete((none, failure) -> granted.completeExceptionally(failure)); // unless it is known
        granted.whenComplete((settings, failure) -> result.cancel(false));
        return granted;
    }

    private void start(TransferRequest request, ClientOperation exchange, CompletableFuture<TransferResult> result) {
        EventLoop loop = loops.next();
        RunningTransfer transfer = new RunningTransfer(loop, result);
        transfer.enter(cause -> close(exchange, loop, () -> transfer.fail(cause)));
        running.add(transfer);
        transfer.start(() -> running.remove(transfer));
        if (closing) {
            closeAtOnce(exchange);
            transfer.fail(closed());
            return;
        }
        RemoteFile remote = exchange.remote();
        // an address is its own answer: only a name is worth a trip to the I/O pool
        BlockingTasks work = new BlockingTasks(isAddress(remote.host()) ? Runnable::run : io, loop);
        work.run(() -> InetAddress.getByName(remote.host()), (address, failure) -> {
            if (transfer.isCancelled()) {
                return; // and the file is being closed
            }
            if (failure != null) {
                String text = failure.getCause() instanceof UnknownHostException ? "unknown host" : "no address";
                TftpException unknown = new TftpException(ErrorCode.NOT_DEFINED, text, failure);
                close(exchange, loop, () -> transfer.fail(unknown));
            } else {
                InetSocketAddress server = new InetSocketAddress(address, remote.port());
                Options asked = request.options().orElseGet(() -> asked(exchange, server));
                begin(
                        request,
                        new RequestAttempt(exchange, server, asked, contextOf(request, exchange), loop, transfer));
            }
        });
    }

    /** Closes a file where no event loop and no I/O pool may be left to do it. */
    private static void closeAtOnce(ClientOperation exchange) {
        try {
            exchange.close();
        } catch (IOException ignored) {
            // nothing was transferred
        }
    }

    private static TftpException closed() {
        return new TftpException(ErrorCode.NOT_DEFINED, "closed");
    }

    /** A request that can't even be written fails as one that is refused does. */
    private void begin(TransferRequest request, RequestAttempt attempt) {
        if (attempt.transfer().isCancelled()) {
            close(attempt, () -> attempt.transfer().fail(closed()));
            return;
        }
        try {
            attempt.start(
                    sockets,
                    config.taps(),
                    refusal -> refused(request, attempt, refusal),
                    ended -> ended(request, attempt, ended));
        } catch (RuntimeException e) {
            close(attempt, () -> attempt.transfer().fail(e));
        }
    }

    private static boolean isAddress(String host) {
        return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    private Options asked(ClientOperation exchange, InetSocketAddress server) {
        return experience.asked(config, server, exchange.tsize(), System.nanoTime());
    }

    /** Blocks can only be put to the test where smaller ones may follow. */
    private TransferContext contextOf(TransferRequest request, ClientOperation exchange) {
        TransferContext all = request.options().isEmpty() && exchange.canBeginAgain()
                ? context
                : context.withLimits(context.limits().withFirstBlockTimeout(Duration.ZERO));
        return request.listener() == TransferListener.NONE
                ? all
                : all.withListener(TransferListener.all(List.of(all.listener(), request.listener())));
    }

    private void refused(TransferRequest request, RequestAttempt attempt, TftpException refusal) {
        boolean dislikesOptions = refusal.isFromPeer()
                && (refusal.is(ErrorCode.OPTION_REFUSED) || refusal.is(ErrorCode.ILLEGAL_OPERATION));
        if (dislikesOptions && request.options().isEmpty() && !attempt.asked().isEmpty()) {
            experience.refusesOptions(attempt.server());
            begin(request, attempt.asking(Options.NONE));
        } else {
            close(attempt, () -> attempt.transfer().fail(refusal));
        }
    }

    private void ended(TransferRequest request, RequestAttempt attempt, TransferEvent.Ended ended) {
        boolean lost = !attempt.transfer().isCancelled() && attempt.lostLargeBlocks(ended);
        if (lost) {
            experience.losesLargeBlocks(attempt.server(), System.nanoTime());
        }
        if (lost && !closing && !attempt.context().limits().firstBlockTimeout().isZero()) {
            fileWork(attempt.exchange(), attempt.loop()).perform(attempt.exchange()::rewind, failure -> {
                if (failure == null) {
                    begin(request, attempt.asking(asked(attempt.exchange(), attempt.server())));
                } else {
                    close(attempt, () -> attempt.transfer().fail(failure));
                }
            });
        } else {
            close(attempt, () -> attempt.complete(ended));
        }
    }

    private void close(RequestAttempt attempt, Runnable then) {
        close(attempt.exchange(), attempt.loop(), then);
    }

    private void close(ClientOperation exchange, EventLoop loop, Runnable then) {
        fileWork(exchange, loop).perform(exchange::close, closed -> then.run());
    }

    private BlockingTasks fileWork(ClientOperation exchange, EventLoop loop) {
        return new BlockingTasks(exchange.mayBlock() ? io : Runnable::run, loop);
    }

    /** Waits until complete gets no longer stay in case their last ACK got lost (RFC 1350, section 6): some seconds. */
    public void dally() {
        channels.newCloseFuture().awaitUninterruptibly();
    }

    /** Ends what is still running; its futures fail, its files are closed. */
    @Override
    public void close() {
        closing = true;
        sockets.close();
        running.forEach(transfer -> transfer.cancel(closed())); // while its peer can still be told
        channels.close().awaitUninterruptibly();
        awaitFiles();
        loops.shutdownGracefully(0, LAST_WORDS_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
        io.shutdown();
        try {
            if (!io.awaitTermination(LAST_WORDS_SECONDS, TimeUnit.SECONDS)) {
                io.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        config.taps().forEach(PacketTap::close);
    }

    /** A result is known when its file is closed, which takes the event loop and the I/O pool. */
    private void awaitFiles() {
        CompletableFuture<?>[] ending =
                running.stream().map(RunningTransfer::end).toArray(CompletableFuture[]::new);
        if (ending.length > 0) {
            CompletableFuture.allOf(ending)
                    .orTimeout(LAST_WORDS_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(failure -> null)
                    .join();
        }
    }
}

package dev.lockstep.tftp.client;

import dev.lockstep.tftp.client.internal.connect.ClientOperation;
import dev.lockstep.tftp.client.internal.connect.ClientSockets;
import dev.lockstep.tftp.client.internal.connect.ClientTransfer;
import dev.lockstep.tftp.client.internal.connect.FreshSockets;
import dev.lockstep.tftp.client.internal.connect.HostResolver;
import dev.lockstep.tftp.client.internal.connect.OptionPreferences;
import dev.lockstep.tftp.client.internal.connect.PreviousPeers;
import dev.lockstep.tftp.client.internal.connect.ServerCapabilityCache;
import dev.lockstep.tftp.client.internal.connect.SocketPool;
import dev.lockstep.tftp.client.internal.file.ByteArraySink;
import dev.lockstep.tftp.client.internal.file.LocalFile;
import dev.lockstep.tftp.client.internal.file.StreamSink;
import dev.lockstep.tftp.client.internal.file.StreamSource;
import dev.lockstep.tftp.client.internal.file.TransferStream;
import dev.lockstep.tftp.client.internal.file.TransferSubscription;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.file.BufferBudget;
import dev.lockstep.tftp.internal.channel.file.SourceChunkReader;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.io.MemorySource;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/**
 * Gets and puts files, any number of them concurrently.
 *
 * <pre>{@code
 * try (TftpClient client = TftpClient.builder().build()) {
 *     client.get(URI.create("tftp://192.0.2.1/boot.img"), Path.of("boot.img"));
 * }
 * }</pre>
 *
 * <p>Remote files are URIs {@code tftp://HOST[:PORT]/PATH[;mode=octet|netascii]} (RFC 3617), or the {@link RemoteFile}
 * of a {@link TransferRequest}, which can have options of its own. Each transfer can have listeners, which are called
 * on an event loop as it progresses.
 *
 * <p>{@code get} and {@code put} block until the transfer has ended. They throw a {@link TftpException} with the ERROR
 * if it has failed, and an {@link InterruptedIOException} if the calling thread is interrupted, which cancels the
 * transfer. A listener must not call them.
 *
 * <p>{@code getAsync} and {@code putAsync} return futures that fail with a {@code TftpException}. They complete on an
 * event loop, so dependent actions must not block. Cancelling a future, or completing it otherwise ({@code orTimeout}),
 * ends its transfer. The server gets an ERROR, and the file is closed without a commit, unless the commit has begun.
 */
@ThreadSafe
public final class TftpClient implements AutoCloseable {
    private static final long SHUTDOWN_SECONDS = 5;
    /** Number of bytes after which listeners are called again. */
    private static final long PROGRESS_STEP = 256 * 1024;

    private final List<PacketTap> taps;
    private final EventLoopGroup loops;
    private final ExecutorService io = Executors.newCachedThreadPool(new DefaultThreadFactory("tftp-io", true));
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Set<ClientTransfer> running = ConcurrentHashMap.newKeySet();
    private final ClientSockets sockets;
    private final ClientTransfer.Shared shared;
    private volatile boolean closing;
    private final Object closeLock = new Object();

    /** Creates a client that takes over the event loops. */
    TftpClient(TftpClientBuilder settings, OptionPreferences preferences, EventLoopGroup loops) {
        this.loops = loops;
        this.taps = List.copyOf(settings.taps);
        Transport transport = Transport.best();
        ClientSockets fresh = new FreshSockets(transport, settings.localPorts, channels);
        boolean reuse = !settings.quietTime.isZero() && taps.isEmpty();
        PreviousPeers previousPeers = new PreviousPeers();
        this.sockets = reuse ? new SocketPool(fresh, settings.quietTime, previousPeers) : fresh;
        TransferContext context = new TransferContext(
                settings.limits,
                io,
                BufferBudget.ofDirectMemory(settings.bufferMemory),
                PooledByteBufAllocator.DEFAULT,
                transport.segments() && taps.isEmpty(),
                TransferListener.all(settings.listeners),
                PROGRESS_STEP,
                RateLimiter.UNLIMITED,
                SourceChunkReader::new);
        this.shared = new ClientTransfer.Shared(
                preferences,
                taps,
                sockets,
                io,
                context,
                settings.connectTimeout == null ? settings.limits.idleTimeout() : settings.connectTimeout,
                new HostResolver(settings.lookup, settings.family),
                new ServerCapabilityCache(),
                previousPeers);
    }

    /**
     * Returns a builder with defaults for all settings.
     *
     * @return a new builder
     */
    public static TftpClientBuilder builder() {
        return new TftpClientBuilder();
    }

    /**
     * Reads a file from a server into memory. Blocks until it is complete.
     *
     * @param remote the file on the server
     * @param listeners called for this transfer, after the client's own listeners
     * @return the content
     * @throws IOException if the transfer has failed, or the file is larger than a quarter of the heap
     * @throws IllegalArgumentException if the URI is invalid
     */
    @Blocking
    public byte[] get(URI remote, TransferListener... listeners) throws IOException {
        return await(getAsync(remote, listeners));
    }

    /**
     * Reads a file from a server into a local file. Blocks until it is complete. The content is written to a temporary file,
     * which then replaces the target atomically. If the transfer fails, the target stays unchanged.
     *
     * @param remote the file on the server
     * @param target the local file; a symbolic link is followed, and a device or pipe is written directly
     * @param listeners called for this transfer, after the client's own listeners
     * @return the result
     * @throws IOException if the transfer has failed, or the target cannot be written
     * @throws IllegalArgumentException if the URI is invalid
     */
    @Blocking
    public TransferResult get(URI remote, Path target, TransferListener... listeners) throws IOException {
        return await(getAsync(remote, target, listeners));
    }

    /**
     * Reads a file from a server into a stream. Blocks until it is complete. If the transfer fails, a part of the content
     * may have been written.
     *
     * @param remote the file on the server
     * @param out receives the content on another thread; is not closed
     * @param listeners called for this transfer, after the client's own listeners
     * @return the result
     * @throws IOException if the transfer has failed
     * @throws IllegalArgumentException if the URI is invalid
     */
    @Blocking
    public TransferResult get(URI remote, OutputStream out, TransferListener... listeners) throws IOException {
        return await(getAsync(request(remote, listeners), new StreamSink(Channels.newChannel(out), false)));
    }

    /**
     * Opens a stream that reads a file from a server. Blocks until the server has granted the request. The transfer
     * pauses while nothing is read, so the stream takes little memory, but a server ends a transfer that pauses longer
     * than its idle timeout, often some seconds to half a minute. A read fails with the {@code TftpException} of the
     * transfer, after the bytes that have arrived before. Closing the stream before its end cancels the transfer. The
     * stream must not be read on an event loop.
     *
     * @param remote the file on the server
     * @param listeners called for this transfer, after the client's own listeners
     * @return the content; not safe for use by several threads, except for {@code close}
     * @throws IOException if the server refuses the request or does not reply
     * @throws IllegalArgumentException if the URI is invalid
     */
    @Blocking
    public InputStream getStream(URI remote, TransferListener... listeners) throws IOException {
        return getStream(request(remote, listeners));
    }

    /**
     * Opens a stream that reads a file from a server, as described in {@link #getStream(URI, TransferListener...)}.
     *
     * @param request the file, its options and its listener
     * @return the content
     * @throws IOException if the server refuses the request or does not reply
     */
    @Blocking
    public InputStream getStream(TransferRequest request) throws IOException {
        return TransferStream.open(request, this::getAsync);
    }

    /**
     * Returns a publisher of a file on a server, for reactive streams. Each subscriber starts a transfer of its own. The
     * transfer pauses while the subscriber has not requested more, with the limits of {@link #getStream(URI,
     * TransferListener...)}. Cancelling the subscription cancels the transfer. The subscriber is called on a thread of
     * this client that may block, with one call at a time, and gets the failure of the transfer as a {@code
     * TftpException}.
     *
     * @param remote the file on the server
     * @param listeners called for each transfer, after the client's own listeners
     * @return the content in parts of any size, each at least one byte
     * @throws IllegalArgumentException if the URI is invalid
     */
    public Flow.Publisher<ByteBuffer> getPublisher(URI remote, TransferListener... listeners) {
        return getPublisher(request(remote, listeners));
    }

    /**
     * Returns a publisher of a file on a server, as described in {@link #getPublisher(URI, TransferListener...)}.
     *
     * @param request the file, its options and its listener
     * @return the content in parts of any size
     */
    public Flow.Publisher<ByteBuffer> getPublisher(TransferRequest request) {
        return subscriber -> new TransferSubscription(subscriber, io).begin(request, this::getAsync);
    }

    /**
     * Writes an array to a file on a server. Blocks until the server has acknowledged the last block.
     *
     * @param content the content; must not be changed before the transfer has ended
     * @param remote the file on the server
     * @param listeners called for this transfer, after the client's own listeners
     * @return the result; see {@link #putAsync(Source, TransferRequest)} for an outcome of UNCONFIRMED
     * @throws IOException if the transfer has failed
     * @throws IllegalArgumentException if the URI is invalid
     */
    @Blocking
    public TransferResult put(byte[] content, URI remote, TransferListener... listeners) throws IOException {
        return await(putAsync(content, remote, listeners));
    }

    /**
     * Writes a local file to a server. Blocks until the server has acknowledged the last block.
     *
     * @param source the local file
     * @param remote the file on the server
     * @param listeners called for this transfer, after the client's own listeners
     * @return the result; see {@link #putAsync(Source, TransferRequest)} for an outcome of UNCONFIRMED
     * @throws IOException if the transfer has failed, or the local file cannot be read
     * @throws IllegalArgumentException if the URI is invalid
     */
    @Blocking
    public TransferResult put(Path source, URI remote, TransferListener... listeners) throws IOException {
        return await(putAsync(source, remote, listeners));
    }

    /**
     * Writes the content of a stream to a file on a server. Blocks until the server has acknowledged the last block.
     *
     * @param in provides the content on another thread, and is read to its end; is not closed
     * @param remote the file on the server
     * @param listeners called for this transfer, after the client's own listeners
     * @return the result; see {@link #putAsync(Source, TransferRequest)} for an outcome of UNCONFIRMED
     * @throws IOException if the transfer has failed
     * @throws IllegalArgumentException if the URI is invalid
     */
    @Blocking
    public TransferResult put(InputStream in, URI remote, TransferListener... listeners) throws IOException {
        return await(putAsync(new StreamSource(Channels.newChannel(in)), request(remote, listeners)));
    }

    /**
     * Reads a file from a server into memory.
     *
     * @param remote the file on the server
     * @param listeners called for this transfer, after the client's own listeners
     * @return the content
     * @throws IllegalArgumentException if the URI is invalid
     */
    public CompletableFuture<byte[]> getAsync(URI remote, TransferListener... listeners) {
        ByteArraySink sink = new ByteArraySink();
        CompletableFuture<TransferResult> transfer = getAsync(request(remote, listeners), sink);
        CompletableFuture<byte[]> content = new CompletableFuture<>();
        transfer.whenComplete((result, failure) -> {
            if (failure == null) {
                content.complete(sink.toByteArray());
            } else {
                content.completeExceptionally(failure);
            }
        });
        content.whenComplete((bytes, failure) -> transfer.cancel(false)); // no effect if the transfer has ended
        return content;
    }

    /**
     * Reads a file from a server into a local file, which is opened by the calling thread.
     *
     * @param remote the file on the server
     * @param target the local file; replaced only by a complete one, as described in {@link #get(URI, Path,
     *     TransferListener...)}
     * @param listeners called for this transfer, after the client's own listeners
     * @return the result
     * @throws IllegalArgumentException if the URI is invalid
     */
    public CompletableFuture<TransferResult> getAsync(URI remote, Path target, TransferListener... listeners) {
        TransferRequest request = request(remote, listeners);
        try {
            return getAsync(request, LocalFile.sink(target));
        } catch (TftpException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Reads a file from a server into a sink. The sink is committed only if the file is complete.
     *
     * @param request the file, its options and its listener
     * @param sink receives the content; the client takes it over and closes it
     * @return the result
     */
    public CompletableFuture<TransferResult> getAsync(TransferRequest request, Sink sink) {
        CompletableFuture<TransferResult> result = new CompletableFuture<>();
        start(request, ClientOperation.Download.of(request.remote(), sink, result), result);
        return result;
    }

    /**
     * Writes an array to a file on a server.
     *
     * @param content the content; must not be changed before the transfer has ended
     * @param remote the file on the server
     * @param listeners called for this transfer, after the client's own listeners
     * @return the result
     * @throws IllegalArgumentException if the URI is invalid
     */
    public CompletableFuture<TransferResult> putAsync(byte[] content, URI remote, TransferListener... listeners) {
        return putAsync(new MemorySource(content), request(remote, listeners));
    }

    /**
     * Writes a local file, which is opened by the calling thread, to a server.
     *
     * @param source the local file
     * @param remote the file on the server
     * @param listeners called for this transfer, after the client's own listeners
     * @return the result
     * @throws IllegalArgumentException if the URI is invalid
     */
    public CompletableFuture<TransferResult> putAsync(Path source, URI remote, TransferListener... listeners) {
        TransferRequest request = request(remote, listeners);
        try {
            return putAsync(LocalFile.source(source), request);
        } catch (TftpException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Writes a file from a source to a server. The future completes when the server has acknowledged the last block. If
     * that ACK does not arrive, the outcome is UNCONFIRMED: the file is probably complete.
     *
     * @param source provides the content; the client takes it over and closes it
     * @param request the file, its options and its listener
     * @return the result
     */
    public CompletableFuture<TransferResult> putAsync(Source source, TransferRequest request) {
        CompletableFuture<TransferResult> result = new CompletableFuture<>();
        start(request, ClientOperation.Upload.of(request.remote(), source), result);
        return result;
    }

    /**
     * Sends a read request to learn the settings that the server grants, such as the size of the file. Ends with ERROR
     * 8, as boot firmware does.
     *
     * @param request the file, its options and its listener
     * @return the granted settings
     */
    public CompletableFuture<TransferSettings> probeAsync(TransferRequest request) {
        CompletableFuture<TransferSettings> granted = new CompletableFuture<>();
        CompletableFuture<TransferResult> result = new CompletableFuture<>();
        start(request, new ClientOperation.Probe(request.remote(), granted), result);
        result.whenComplete(
                (none, failure) -> granted.completeExceptionally(failure)); // no effect if the settings are known
        granted.whenComplete((settings, failure) -> result.cancel(false));
        return granted;
    }

    private static TransferRequest request(URI remote, TransferListener... listeners) {
        TransferRequest request = TransferRequest.of(remote);
        return listeners.length == 0 ? request : request.observedBy(TransferListener.all(List.of(listeners)));
    }

    private static <T> T await(CompletableFuture<T> transfer) throws IOException {
        try {
            return transfer.get();
        } catch (InterruptedException e) {
            transfer.cancel(false);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            throw TftpException.of(e.getCause());
        }
    }

    private void start(TransferRequest request, ClientOperation operation, CompletableFuture<TransferResult> result) {
        ClientTransfer transfer = new ClientTransfer(shared, request, operation, loops.next(), result);
        running.add(transfer);
        transfer.connect(() -> running.remove(transfer));
        if (closing) {
            transfer.closeAtOnce();
        } else {
            transfer.start();
        }
    }

    /**
     * Waits until completed gets no longer dally in case their last ACK was lost (RFC 1350, section 6). This takes some
     * seconds.
     */
    public void dally() {
        channels.newCloseFuture().awaitUninterruptibly();
    }

    /**
     * Cancels the transfers that are still running. Their futures fail, and their files are closed. Blocks until all
     * threads have ended, or for some seconds. A second call waits for the first one.
     */
    @Override
    @Blocking
    public void close() {
        synchronized (closeLock) { // a channel is not closed by one thread while another ends its event loop
            closeAll();
        }
    }

    private void closeAll() {
        closing = true;
        sockets.close();
        running.forEach(transfer ->
                transfer.cancel(ClientTransfer.clientClosed())); // while an ERROR can still be sent to its peer
        channels.close().awaitUninterruptibly(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
        awaitFiles();
        loops.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(2 * SHUTDOWN_SECONDS, TimeUnit.SECONDS);
        io.shutdown();
        try {
            if (!io.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
                io.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        taps.forEach(PacketTap::close);
    }

    /** Waits for the files of cancelled transfers to be closed. This needs the event loop and the I/O pool. */
    private void awaitFiles() {
        CompletableFuture<?>[] ending =
                running.stream().map(ClientTransfer::end).toArray(CompletableFuture[]::new);
        if (ending.length > 0) {
            CompletableFuture.allOf(ending)
                    .orTimeout(SHUTDOWN_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(failure -> null)
                    .join();
        }
    }
}

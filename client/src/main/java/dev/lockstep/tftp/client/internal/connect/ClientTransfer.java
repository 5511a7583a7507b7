package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.client.TransferResult;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.TransferIds;
import dev.lockstep.tftp.internal.channel.file.BlockingTasks;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.negotiation.Negotiation;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.transfer.PmtuBlackHole;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.Errors;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * A transfer from the call that starts it until its file is closed. Attempts it with other options if the server
 * refuses the first ones, or if large blocks are lost; each attempt has a TID of its own. The transfer is cancelled
 * when its caller completes the result first, for example by {@code cancel} or {@code orTimeout}.
 */
@dev.lockstep.tftp.concurrent.EventLoop
public final class ClientTransfer {
    /**
     * The parts that all transfers of a client share.
     *
     * @param preferences the options of a request without options of its own
     * @param taps observe the datagrams
     * @param io runs blocking tasks
     * @param context the context of a transfer without settings of its own
     * @param connectTimeout how long to wait for the first reply, from all addresses of a server together
     */
    public record Shared(
            OptionPreferences preferences,
            List<PacketTap> taps,
            ClientSockets sockets,
            Executor io,
            TransferContext context,
            Duration connectTimeout,
            HostResolver resolver,
            ServerCapabilityCache capabilities,
            PreviousPeers previousPeers) {}

    /** Size in bytes of a receive buffer for an OACK or ERROR. */
    private static final int SMALL_DATAGRAM = 1500;
    /** Approximate number of bytes that the kernel accounts for a datagram in addition to its payload. */
    private static final int KERNEL_OVERHEAD = 768;
    /** Default size in bytes of a receive buffer on Linux. A smaller one is never requested. */
    private static final int DEFAULT_RECEIVE_BUFFER = 212_992;

    private static final Duration MAX_ADDRESS_TIMEOUT = Duration.ofSeconds(5);

    private final Shared client;
    private final TransferRequest request;
    private final ClientOperation operation;
    private final EventLoop loop;
    private final CompletableFuture<TransferResult> result;
    private final CompletableFuture<TransferResult> end = new CompletableFuture<>();
    private final TransferContext context;
    private final BlockingTasks fileTasks;
    private Consumer<TftpException> stage = this::fail;
    private TftpException cancelled;
    private final Deque<InetAddress> addresses = new ArrayDeque<>();
    private long firstRequestAt;
    private Duration answerTimeout;
    private String failures;
    private InetSocketAddress server;
    private Options asked;
    private Options granted = Options.NONE;

    /** Creates a transfer on the given event loop, with the future that its caller holds. */
    public ClientTransfer(
            Shared client,
            TransferRequest request,
            ClientOperation operation,
            EventLoop loop,
            CompletableFuture<TransferResult> result) {
        this.client = client;
        this.request = request;
        this.operation = operation;
        this.loop = loop;
        this.result = result;
        this.context = contextOf(client.context());
        this.fileTasks = new BlockingTasks(operation.mayBlock() ? client.io() : Runnable::run, loop);
    }

    /**
     * Returns the context of this transfer. The timeout for the first block applies only where an attempt with smaller
     * blocks may follow.
     */
    private TransferContext contextOf(TransferContext shared) {
        TransferContext all = request.options().isEmpty() && operation.canBeginAgain()
                ? shared
                : shared.with(shared.limits().withFirstBlockTimeout(Duration.ZERO), shared.io(), RateLimiter.UNLIMITED);
        return request.listener() == TransferListener.NONE
                ? all
                : all.withListener(TransferListener.all(List.of(all.listener(), request.listener())));
    }

    /** Returns the failure of a transfer whose client is closed. */
    public static TftpException clientClosed() {
        return new TftpException(ErrorCode.NOT_DEFINED, "closed");
    }

    /**
     * Connects the two futures. {@code whenEnded} runs before the result is known. Must be called once, before {@link
     * #start} or {@link #closeAtOnce}.
     */
    @ThreadSafe
    public void connect(Runnable whenEnded) {
        end.whenComplete((done, failure) -> {
            whenEnded.run();
            if (failure == null) {
                result.complete(done);
            } else {
                result.completeExceptionally(failure);
            }
        });
        result.whenComplete((done, failure) -> cancel(new TftpException(ErrorCode.NOT_DEFINED, "cancelled")));
    }

    /**
     * Fails the transfer instead of starting it. Closes the file on the calling thread, because the event loop and the
     * I/O pool may have been shut down.
     */
    public void closeAtOnce() {
        try {
            operation.close();
        } catch (IOException ignored) {
            // nothing was transferred
        }
        end.completeExceptionally(clientClosed());
    }

    /** Starts the transfer. Must be called once. */
    @ThreadSafe
    public void start() {
        String host = operation.remote().host();
        // an address needs no lookup: only a name is resolved in the I/O pool
        boolean isAddress = NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
        new BlockingTasks(isAddress ? Runnable::run : client.io(), loop)
                .run(() -> client.resolver().resolve(host), this::onResolved);
    }

    /** Cancels the transfer unless it has ended. */
    @ThreadSafe
    public void cancel(TftpException cause) {
        if (end.isDone()) {
            return;
        }
        try {
            loop.execute(() -> {
                if (cancelled == null) {
                    cancelled = cause;
                    stage.accept(cause);
                }
            });
        } catch (RejectedExecutionException ignored) {
            // closing the client has already cancelled the transfer
        }
    }

    /** Returns a future that completes when the file is closed, which may be later than the result. */
    @ThreadSafe
    public CompletableFuture<TransferResult> end() {
        return end;
    }

    /** Sets the action that cancels the transfer from now on. Runs it at once if the transfer has been cancelled. */
    private void enter(Consumer<TftpException> next) {
        stage = next;
        if (cancelled != null) {
            next.accept(cancelled);
        }
    }

    private boolean isCancelled() {
        return cancelled != null || result.isDone();
    }

    private void onResolved(List<InetAddress> found, TftpException failure) {
        if (isCancelled()) {
            return; // the file is being closed
        }
        if (failure != null) {
            fail(failure);
        } else {
            addresses.addAll(found);
            firstRequestAt = loop.ticker().nanoTime();
            attemptNextAddress();
        }
    }

    /** Attempts the transfer from the next address. */
    private void attemptNextAddress() {
        server = new InetSocketAddress(addresses.remove(), operation.remote().port());
        long elapsed = failures == null ? 0 : loop.ticker().nanoTime() - firstRequestAt;
        Duration left = client.connectTimeout().minusNanos(elapsed);
        answerTimeout = addresses.isEmpty() ? left : shareOf(left);
        attempt(request.options().orElseGet(this::usualOptions));
    }

    /**
     * Returns how long an address that is not the last one may take to answer: half of the time that is left, and not
     * longer than it takes to lose three requests. A dead address must not delay each transfer from its name.
     */
    static Duration shareOf(Duration left) {
        Duration half = left.dividedBy(2);
        return half.compareTo(MAX_ADDRESS_TIMEOUT) < 0 ? half : MAX_ADDRESS_TIMEOUT;
    }

    private Options usualOptions() {
        return client.capabilities()
                .asked(client.preferences(), server, operation, loop.ticker().nanoTime());
    }

    /** Attempts the transfer with the given options. A request that cannot be encoded fails like a refused one. */
    private void attempt(Options options) {
        asked = options;
        if (isCancelled()) {
            fail(clientClosed());
            return;
        }
        try {
            openSocket(operation.request(options));
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void openSocket(Request sent) {
        TransferEvent.Requested requested = new TransferEvent.Requested(TransferIds.next(), server, sent);
        TransferListener listener = event -> {
            context.listener().on(event);
            if (event instanceof TransferEvent.Started started) {
                granted = started.granted();
            } else if (event instanceof TransferEvent.Ended ended) {
                onEnded(ended);
            }
        };
        Consumer<TftpException> refused = cause -> {
            context.listener()
                    .on(new TransferEvent.Refused(
                            requested.transferId(), server, sent, RefusalReason.NOT_GRANTED, cause));
            onRefused(cause);
        };
        context.listener().on(requested);
        enter(cause -> {}); // until the socket is open
        client.sockets()
                .open(
                        loop,
                        needs(),
                        pipeline -> {
                            client.taps().forEach(tap -> pipeline.addLast(tap.attach(server, sent)));
                            ClientHandshake handshake = new ClientHandshake(
                                    operation,
                                    requested,
                                    context.withListener(listener),
                                    answerTimeout,
                                    client.previousPeers(),
                                    refused);
                            handshake.addTo(pipeline);
                            enter(handshake::cancel);
                        },
                        cause -> onRefused(
                                new TftpException(ErrorCode.NOT_DEFINED, "no socket: " + cause.getMessage(), cause)));
    }

    private ClientSockets.Needs needs() {
        TransferSettings requested = Negotiation.settingsOf(asked);
        return new ClientSockets.Needs(
                server.getAddress() instanceof Inet6Address,
                receiveBuffer(requested),
                Math.max(SMALL_DATAGRAM, requested.blksize() + TftpCodec.DATA_HEADER),
                requested.windowsize() > 1);
    }

    /**
     * Returns the size of the receive buffer in bytes. A whole window must fit into it; otherwise each window loses
     * blocks.
     */
    private static int receiveBuffer(TransferSettings requested) {
        long window = requested.windowsize() * (2L * requested.blksize() + KERNEL_OVERHEAD);
        return (int) Math.max(DEFAULT_RECEIVE_BUFFER, Math.min(window, Integer.MAX_VALUE / 2));
    }

    private void onRefused(TftpException refusal) {
        boolean refusesOptions = refusal.isFromPeer()
                && (refusal.is(ErrorCode.OPTION_REFUSED) || refusal.is(ErrorCode.ILLEGAL_OPERATION));
        if (refusesOptions && request.options().isEmpty() && !asked.isEmpty()) {
            client.capabilities().refusesOptions(server);
            attempt(Options.NONE);
        } else if (!isUnanswered(refusal) || isCancelled()) {
            fail(refusal);
        } else if (addresses.isEmpty()) {
            fail(failures == null ? refusal : refusal.because(failures));
        } else {
            String why = refusal.reason() == null ? refusal.getMessage() : refusal.reason();
            failures = failures == null ? why : failures + ", " + why;
            attemptNextAddress();
        }
    }

    /**
     * Returns whether the server has not answered: its name has no address, it cannot be reached, or it is silent. The
     * same request may succeed later.
     */
    public static boolean isUnanswered(TftpException failure) {
        Throwable cause = failure.getCause();
        return failure.isTimeout()
                || cause instanceof UnknownHostException
                || cause instanceof SocketException
                || cause instanceof Errors.NativeIoException;
    }

    private void onEnded(TransferEvent.Ended ended) {
        boolean lost = !isCancelled() && lostLargeBlocks(ended);
        if (lost) {
            client.capabilities().losesLargeBlocks(server, loop.ticker().nanoTime());
        }
        if (lost && !context.limits().firstBlockTimeout().isZero()) {
            fileTasks.perform(operation::rewind, failure -> {
                if (failure == null) {
                    attempt(usualOptions());
                } else {
                    fail(failure);
                }
            });
        } else if (ended.outcome() == Outcome.COMPLETE || isProbablyThere(ended)) {
            fileTasks.perform(
                    operation::close,
                    closed -> end.complete(new TransferResult(
                            operation.remote(),
                            ended.peer(),
                            ended.settings(),
                            granted,
                            ended.stats(),
                            ended.outcome())));
        } else {
            fail(ended.cause().isTimeout() ? silence(ended) : ended.cause());
        }
    }

    private TftpException silence(TransferEvent.Ended ended) {
        Duration limit = context.limits().idleTimeout();
        Duration min = context.limits().minIdleTimeout(ended.settings());
        return ended.cause()
                .because("no answer from " + AddressFormat.of(ended.peer()) + " for "
                        + ClientHandshake.seconds(limit.compareTo(min) > 0 ? limit : min) + " s, after "
                        + ended.stats().bytes() + " bytes");
    }

    /** Returns whether no block has arrived, the blocks may exceed the path MTU, and the peer still replies. */
    private static boolean lostLargeBlocks(TransferEvent.Ended ended) {
        return ended.outcome() == Outcome.FAILED
                && !ended.cause().isFromPeer()
                && PmtuBlackHole.isSuspected(ended.settings(), ended.stats());
    }

    /**
     * Returns whether an unconfirmed put is probably complete. That requires an idle timeout instead of an ERROR, and
     * at least one acknowledged block.
     */
    private static boolean isProbablyThere(TransferEvent.Ended ended) {
        return ended.outcome() == Outcome.UNCONFIRMED
                && !ended.cause().isFromPeer()
                && ended.stats().blocks() > 0;
    }

    /** Closes the file, then fails the transfer. */
    private void fail(Throwable cause) {
        fileTasks.perform(operation::close, closed -> end.completeExceptionally(cause));
    }
}

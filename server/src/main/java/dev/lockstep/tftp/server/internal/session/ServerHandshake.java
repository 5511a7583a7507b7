package dev.lockstep.tftp.server.internal.session;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.internal.channel.DeadlineTimer;
import dev.lockstep.tftp.internal.channel.NegotiatedTransfer;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.TransferHandler;
import dev.lockstep.tftp.internal.channel.TransientSocketErrors;
import dev.lockstep.tftp.internal.channel.file.BlockingTasks;
import dev.lockstep.tftp.io.NetasciiSink;
import dev.lockstep.tftp.io.NetasciiSource;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.Negotiation;
import dev.lockstep.tftp.negotiation.Negotiation.Terms;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.storage.Storage;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.Inet6Address;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The last handler of a child channel until the transfer starts. Opens the file on the I/O pool, negotiates the options, and replaces itself by
 * the transfer; or sends the ERROR and closes the channel.
 */
public final class ServerHandshake extends ChannelInboundHandlerAdapter {
    /**
     * Longest wait for the I/O pool to start opening a file, in nanoseconds. The timeout of a client is rarely shorter
     * than 5 s.
     */
    private static final long OPEN_TIMEOUT = TimeUnit.SECONDS.toNanos(3);

    private final ServerTransfer transfer;
    private final Request request;
    private final RequestSettings requestSettings;
    private final TransferContext context;
    private final FileOpenQueue openings;
    private final TransferChannelOpener opener;

    private ChannelHandlerContext ctx;
    private DeadlineTimer openTimer;
    /** True as soon as a thread of the I/O pool has started, or the wait for it has timed out, whichever is first. */
    private final AtomicBoolean begun = new AtomicBoolean();

    private boolean answered;
    /** True if the file was not opened in time. */
    private boolean busy;
    /** True if opening the file takes longer than it may. */
    private boolean hanging;

    /** The opened file: a source or a sink, the other one is null. The handshake closes it after the transfer. */
    private record Opened(Source source, Sink sink) {
        boolean mayBlock() {
            return source != null ? source.mayBlock() : sink.mayBlock();
        }

        void close() throws IOException {
            if (source != null) {
                source.close();
            } else {
                sink.close();
            }
        }
    }

    /**
     * Creates a handshake that starts when its channel becomes active.
     *
     * @param opener has opened the channel
     */
    public ServerHandshake(
            ServerTransfer transfer, TransferContext context, FileOpenQueue openings, TransferChannelOpener opener) {
        this.transfer = transfer;
        this.request = transfer.request();
        this.requestSettings = transfer.settings();
        this.context = context.with(requestSettings.limits(), openings.io(), requestSettings.rateLimiter());
        this.openings = openings;
        this.opener = opener;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        ctx = context;
        if (transfer.isAbandoned()) {
            ctx.close();
            return;
        }
        Source cached = request instanceof ReadRequest read
                ? requestSettings.storage().tryOpenCached(read, transfer.peer())
                : null;
        if (cached != null) {
            opened(reading(cached), null);
        } else {
            openTimer = new DeadlineTimer(ctx.executor(), this::onBusy);
            openTimer.moveTo(ctx.executor().ticker().nanoTime() + OPEN_TIMEOUT);
            new BlockingTasks(openings, ctx.executor()).begin(this::open, this::onOpened);
        }
    }

    /**
     * Called when the I/O pool has not started in time, because its threads wait for a disk or too many requests are
     * queued, and again when opening the file has not ended in time.
     */
    private void onBusy() {
        if (begun.compareAndSet(false, true) || hanging) {
            busy = true;
            TftpException refusal = new TftpException(ErrorCode.NOT_DEFINED, "server is busy, try again");
            onOpened(null, refusal); // a file that is opened later is closed
        } else {
            hanging = true;
            openTimer.moveTo(ctx.executor().ticker().nanoTime() + IoPool.STUCK_NANOS);
        }
    }

    /** Called when the file is open, or cannot be opened. */
    private void onOpened(Opened file, TftpException refusal) {
        if (!answered) {
            answered = true;
            openTimer.cancel();
            opened(file, refusal);
        } else if (file != null) {
            close(file, () -> {});
        }
    }

    /** Opens the file, or begins to open it. Fails if the handshake has timed out. */
    @Blocking
    private CompletionStage<Opened> open() throws IOException {
        if (!begun.compareAndSet(false, true) || transfer.isAbandoned()) {
            throw new TftpException(ErrorCode.NOT_DEFINED, "request abandoned");
        }
        Storage storage = requestSettings.storage();
        if (request instanceof WriteRequest write) {
            return storage.open(write, transfer.peer(), openings.io()).thenApply(this::writing);
        }
        return storage.open((ReadRequest) request, transfer.peer(), openings.io())
                .thenApply(this::reading);
    }

    private Opened writing(Sink sink) {
        return new Opened(null, request.mode() == TransferMode.NETASCII ? new NetasciiSink(sink) : sink);
    }

    private Opened reading(Source source) {
        return new Opened(request.mode() == TransferMode.NETASCII ? new NetasciiSource(source) : source, null);
    }

    private void opened(Opened file, TftpException refusal) {
        boolean gone = transfer.isAbandoned() || !ctx.channel().isActive();
        if (file != null && gone) {
            close(file, ctx::close);
        } else if (gone) {
            ctx.close();
        } else if (refusal != null) {
            boolean rejected = busy || refusal.getCause() instanceof RejectedExecutionException;
            RefusalReason reason = rejected ? RefusalReason.STORAGE_BUSY : RefusalReason.STORAGE;
            context.listener().on(new TransferEvent.Refused(transfer.id(), transfer.peer(), request, reason, refusal));
            refuse(ctx, refusal);
        } else {
            startOrClose(file);
        }
    }

    /** Starts the transfer. Closes the channel if that fails, so that no failure leaks a channel. */
    private void startOrClose(Opened file) {
        try {
            start(file);
        } catch (RuntimeException | Error e) {
            close(file, ctx::close);
            ctx.fireExceptionCaught(e);
        }
    }

    /** Closes the file, on the I/O pool if it may block. {@code then} runs on the event loop. */
    private void close(Opened file, Runnable then) {
        new BlockingTasks(file.mayBlock() ? context.io() : Runnable::run, ctx.executor())
                .perform(file::close, failure -> then.run());
    }

    private void start(Opened file) {
        boolean ipv6 = transfer.peer().getAddress() instanceof Inet6Address;
        TransferLimits limits = requestSettings.limitsFor(opener.pathMtu(ctx.channel()), ipv6);
        Negotiation.Grant grant = Negotiation.answer(Terms.of(request, limits, requestSettings.quirks(), file.source));
        OptionAck oack = grant.oack().isEmpty() ? null : new OptionAck(grant.oack());
        NegotiatedTransfer negotiated = new NegotiatedTransfer(
                transfer.id(), transfer.peer(), request, grant.settings(), grant.oack(), transfer.requestedAt(), 0);
        TransferContext closing = context.withListener(event -> {
            if (event instanceof TransferEvent.Ended) {
                close(file, () -> context.listener().on(event));
            } else {
                context.listener().on(event);
            }
        });
        TransferHandler handler = file.source != null
                ? TransferHandler.sending(closing, negotiated, oack, file.source)
                : TransferHandler.receiving(closing, negotiated, oack == null ? new Ack(0) : oack, file.sink);
        transfer.started(handler, grant.settings().windowsize());
        ChannelPipeline pipeline = ctx.pipeline();
        pipeline.remove(this);
        handler.addTo(pipeline); // which may end it at once
    }

    /**
     * Sends the ERROR and closes the channel. If there is no memory for the ERROR, only closes the channel; the client
     * has to repeat its request on its own timeout.
     */
    static void refuse(ChannelHandlerContext ctx, TftpException refusal) {
        ctx.writeAndFlush(refusal.toMessage()).addListener(sent -> ctx.close());
    }

    /**
     * Called when the client sends a message before the first reply. Only an ERROR has an effect: it abandons the
     * request.
     */
    @Override
    public void channelRead(ChannelHandlerContext context, Object msg) {
        if (msg instanceof ErrorMessage) {
            transfer.abandon();
        }
        ReferenceCountUtil.release(msg);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            transfer.abandon(); // the client's port is gone
        } else if (!TransientSocketErrors.tryHandle(cause, context)) {
            context.fireExceptionCaught(cause);
        }
    }
}

package dev.lockstep.tftp.internal.channel;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.internal.channel.file.IncomingFile;
import dev.lockstep.tftp.internal.channel.file.OutgoingFile;
import dev.lockstep.tftp.internal.channel.file.TransferFile;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.transfer.Receiver;
import dev.lockstep.tftp.transfer.RetransmissionTimer;
import dev.lockstep.tftp.transfer.Sender;
import dev.lockstep.tftp.transfer.Transfer;
import dev.lockstep.tftp.transfer.Wire;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import java.net.PortUnreachableException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Connects one {@link Transfer} to one channel, one timer and one file. Used for the reads and writes of both servers
 * and clients. The transfer starts when the handler is added to an active channel. The handler closes the channel at
 * the end.
 */
public final class TransferHandler extends ChannelInboundHandlerAdapter {
    private interface Assembly {
        /** Creates the state machine and sets the file of the handler. */
        Transfer assemble(TransferHandler handler, RetransmissionTimer timer);
    }

    /** The time that the event loop has to read what arrived before the port became unreachable. */
    private static final long UNREAD_MILLIS = 20;

    private final TransferContext context;
    private final NegotiatedTransfer negotiated;
    private final boolean sends;
    private final Assembly assembly;

    private ChannelHandlerContext ctx;
    private TransferFile file;
    private Transfer transfer;
    private DeadlineTimer timer;
    private long reported;

    private TransferHandler(TransferContext context, NegotiatedTransfer negotiated, boolean sends, Assembly assembly) {
        this.context = context;
        this.negotiated = negotiated;
        this.sends = sends;
        this.assembly = assembly;
    }

    /**
     * Returns a handler that sends a file.
     *
     * @param context the shared settings and resources
     * @param negotiated the result of the handshake
     * @param oack the OACK to send first, or null
     * @param source the file; it stays with the caller, and is used until the {@code Ended} event
     */
    public static TransferHandler sending(
            TransferContext context, NegotiatedTransfer negotiated, OptionAck oack, Source source) {
        TransferSettings settings = negotiated.settings();
        return new TransferHandler(context, negotiated, true, (handler, timer) -> {
            OutgoingFile blocks =
                    OutgoingFile.from(source, settings, context, handler.ctx.executor(), handler.new FileEvents());
            handler.file = blocks;
            return new Sender(
                    handler.new ChannelWire(),
                    settings,
                    context.limits(),
                    timer,
                    oack,
                    blocks,
                    negotiated.requestedAt());
        });
    }

    /**
     * Returns a handler that receives a file.
     *
     * @param context the shared settings and resources
     * @param negotiated the result of the handshake
     * @param opening the OACK or ACK 0 to send first; null if DATA 1 has been received already
     * @param sink the file; it stays with the caller, and is used until the {@code Ended} event
     */
    public static TransferHandler receiving(
            TransferContext context, NegotiatedTransfer negotiated, TftpMessage opening, Sink sink) {
        return new TransferHandler(context, negotiated, false, (handler, timer) -> {
            IncomingFile store = IncomingFile.to(sink, context, handler.ctx.executor(), handler.new FileEvents());
            handler.file = store;
            return new Receiver(
                    handler.new ChannelWire(),
                    negotiated.settings(),
                    context.limits(),
                    timer,
                    opening,
                    store,
                    negotiated.requestedAt());
        });
    }

    /**
     * Adds the handlers of the transfer, and this one last, to the end of a pipeline with a codec. The channel must be
     * active.
     */
    @EventLoop
    public void addTo(ChannelPipeline pipeline) {
        if (sends) { // a receiver sends only ACKs
            TransferSettings settings = negotiated.settings();
            pipeline.addLast(
                    new BurstEncoder(negotiated.peer(), settings.blksize(), settings.windowsize(), context.segments()));
        }
        pipeline.addLast(this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        timer = new DeadlineTimer(ctx.executor(), this::onDeadline);
        TransferSettings settings = negotiated.settings();
        Duration wait = settings.timeout().isZero() ? this.context.limits().timeout() : settings.timeout();
        RetransmissionTimer retransmission = new RetransmissionTimer(wait, new SplittableRandom());
        if (negotiated.roundTrip() > 0) {
            retransmission.measured(negotiated.roundTrip());
        }
        transfer = assembly.assemble(this, retransmission);
        notifyListener(new TransferEvent.Started(
                negotiated.transferId(),
                negotiated.peer(),
                negotiated.request(),
                settings,
                negotiated.granted(),
                transfer.stats()));
        if (this.context.budget().isAmple()) {
            file.start();
        }
        transfer.start(now());
        ctx.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object msg) {
        if (msg instanceof TftpMessage message) {
            transfer.receive(message, now());
        } else {
            ReferenceCountUtil.release(msg);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        flushAndReport();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof MalformedMessageException) {
            transfer.countMalformed();
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof PortUnreachableException) {
            // a socket reports this before datagrams that arrived earlier, such as the last ACK: those are read first
            ctx.executor().schedule(this::onPortUnreachable, UNREAD_MILLIS, TimeUnit.MILLISECONDS);
        } else if (!TransientSocketErrors.tryHandle(cause, ctx)) {
            transfer.fail(TftpException.of(cause), now());
            ctx.fireExceptionCaught(cause); // an error of this program, which must be visible
        }
        ctx.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!transfer.isClosed()) {
            transfer.fail(new TftpException(ErrorCode.NOT_DEFINED, "closed"), now());
        }
        context.fireChannelInactive();
    }

    /** Called when the peer has repeated its request. */
    @EventLoop
    public void onRequestRepeated() {
        transfer.onRequestRepeated(now());
        ctx.flush();
    }

    /** Ends the transfer because a new request of the peer replaces it. */
    @EventLoop
    public void replace() {
        transfer.replaced(now());
    }

    /** Ends the transfer in favour of another one. */
    @EventLoop
    public void evict() {
        transfer.evicted(now());
    }

    /** Ends the transfer with a failure that is reported to the peer. */
    @EventLoop
    public void cancel(TftpException cause) {
        transfer.fail(cause, now());
        ctx.flush();
    }

    /**
     * Returns the nanoseconds since the last progress while this transfer waits for the peer. While it waits for its
     * own file, only the time of the pending operation that exceeds the idle timeout counts: a busy disk is not a
     * reason to end a transfer, a disk that does not respond is. Otherwise returns 0, for example while other transfers
     * use the memory or the rate that it needs. Other threads get a recent value.
     */
    @ThreadSafe
    public long idleTime(long now) {
        Transfer state = transfer;
        TransferFile used = file;
        if (state == null || used == null) {
            return 0;
        }
        long blocked = Math.min(state.timeSinceProgress(now), used.pendingTime(now));
        return Math.max(
                state.idleTime(now), blocked - context.limits().idleTimeout().toNanos());
    }

    /** Returns the transfer for inspection. */
    @EventLoop
    public Transfer transfer() {
        return transfer;
    }

    private void onPortUnreachable() {
        if (!transfer.isClosed()) {
            transfer.peerGone(now());
            ctx.flush();
        }
    }

    private void onDeadline() {
        transfer.onDeadline(now());
        ctx.flush();
    }

    private void flushAndReport() {
        ctx.flush();
        long bytes = transfer.stats().bytes();
        if (bytes - reported >= context.progressStep()) {
            reported = bytes;
            notifyListener(new TransferEvent.Progressed(
                    negotiated.transferId(),
                    negotiated.peer(),
                    negotiated.request(),
                    negotiated.settings(),
                    transfer.stats()));
        }
    }

    private void notifyListener(TransferEvent event) {
        context.listener().on(event);
    }

    private long now() {
        return ctx.executor().ticker().nanoTime();
    }

    /** Lets the transfer act on the channel, the timer and the file. */
    private final class ChannelWire implements Wire {
        @Override
        public void send(TftpMessage message) {
            ctx.write(message, ctx.voidPromise());
        }

        @Override
        public void awaitReply(long moment) {
            timer.moveTo(moment);
        }

        @Override
        public void finish(Outcome outcome, TftpException cause) {
            TransferEvent ended = new TransferEvent.Ended(
                    negotiated.transferId(),
                    negotiated.peer(),
                    negotiated.request(),
                    negotiated.settings(),
                    transfer.stats(),
                    outcome,
                    cause);
            file.close(() -> notifyListener(ended));
        }

        @Override
        public void close() {
            timer.cancel();
            ctx.flush();
            ctx.close();
        }
    }

    /** Passes notifications of the file to the transfer. */
    private final class FileEvents implements TransferFile.Owner {
        @Override
        public void ready() {
            transfer.resume(now());
            flushAndReport();
        }

        @Override
        public void stored() {
            if (transfer instanceof Receiver receiver) {
                receiver.stored(now());
                ctx.flush();
            }
        }

        @Override
        public void failed(TftpException cause) {
            if (transfer instanceof Receiver receiver) {
                receiver.storeFailed(cause, now());
                ctx.flush();
            } else {
                cancel(cause);
            }
        }
    }
}

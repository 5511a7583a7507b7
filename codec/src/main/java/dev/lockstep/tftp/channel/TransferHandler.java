package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpDatagramCodec;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.transfer.Outcome;
import dev.lockstep.tftp.transfer.Receiver;
import dev.lockstep.tftp.transfer.RetransmissionTimer;
import dev.lockstep.tftp.transfer.Sender;
import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.Source;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.Transfer;
import dev.lockstep.tftp.transfer.TransferEvent;
import dev.lockstep.tftp.transfer.TransferSettings;
import dev.lockstep.tftp.transfer.Wire;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import java.net.PortUnreachableException;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Ties one {@link Transfer} to one channel: messages, one timer, one file. The same class for a server's and a
 * client's reads and writes. It starts when it is added to an active channel, and closes the channel at the end.
 */
public final class TransferHandler extends ChannelInboundHandlerAdapter implements Wire, TransferFile.Owner {
    private interface Assembly {
        /** Makes the machine and, in passing, the file's side of this handler. */
        Transfer assemble(TransferHandler handler, RetransmissionTimer timer);
    }

    private final TransferContext context;
    private final NegotiatedTransfer agreement;
    private final boolean sends;
    private final Assembly assembly;

    private ChannelHandlerContext ctx;
    private TransferFile file;
    private Transfer transfer;
    private DeadlineTimer timer;
    private long reported;

    private TransferHandler(TransferContext context, NegotiatedTransfer agreement, boolean sends, Assembly assembly) {
        this.context = context;
        this.agreement = agreement;
        this.sends = sends;
        this.assembly = assembly;
    }

    /**
     * Sends a file.
     *
     * @param oack to send first, or null
     * @param source taken over
     */
    public static TransferHandler sending(
            TransferContext context, NegotiatedTransfer agreement, OptionAck oack, Source source) {
        TransferSettings settings = agreement.settings();
        return new TransferHandler(context, agreement, true, (handler, timer) -> {
            OutgoingFile blocks = OutgoingFile.from(source, settings, context, handler.ctx.executor(), handler);
            handler.file = blocks;
            return new Sender(handler, settings, context.limits(), timer, oack, blocks, agreement.requestedAt());
        });
    }

    /**
     * Receives a file.
     *
     * @param opening the OACK or ACK 0 to send first; null if DATA 1 is here already
     * @param sink taken over
     */
    public static TransferHandler receiving(
            TransferContext context, NegotiatedTransfer agreement, TftpMessage opening, Sink sink) {
        return new TransferHandler(context, agreement, false, (handler, timer) -> {
            IncomingFile store = IncomingFile.to(sink, context, handler.ctx.executor(), handler);
            handler.file = store;
            return new Receiver(
                    handler, agreement.settings(), context.limits(), timer, opening, store, agreement.requestedAt());
        });
    }

    /** Adds all that a transfer needs to the end of a pipeline, itself last. On the event loop, channel active. */
    public void addTo(ChannelPipeline pipeline) {
        pipeline.addLast(TftpDatagramCodec.INSTANCE);
        if (sends) { // who receives has only ACKs to send
            TransferSettings settings = agreement.settings();
            pipeline.addLast(
                    new BurstEncoder(agreement.peer(), settings.blksize(), settings.windowsize(), context.segments()));
        }
        pipeline.addLast(this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        timer = new DeadlineTimer(ctx.executor(), this::onDeadline);
        TransferSettings settings = agreement.settings();
        Duration wait = settings.timeout().isZero() ? this.context.limits().timeout() : settings.timeout();
        RetransmissionTimer retransmission = new RetransmissionTimer(wait, new SplittableRandom());
        if (agreement.roundTrip() > 0) {
            retransmission.measured(agreement.roundTrip());
        }
        transfer = assembly.assemble(this, retransmission);
        tell(new TransferEvent.Started(agreement.peer(), agreement.request(), settings));
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
        afterwards();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof MalformedMessageException) {
            transfer.stats().countMalformed();
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof PortUnreachableException) {
            transfer.peerGone(now());
        } else if (!TransientSocketErrors.is(cause, ctx)) {
            transfer.fail(TftpException.of(cause), now());
            ctx.fireExceptionCaught(cause); // a fault of ours: let it be seen
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

    /** The peer repeats its request. On the event loop. */
    public void onRequestRepeated() {
        transfer.onRequestRepeated(now());
        ctx.flush();
    }

    /** A new request of the peer takes this transfer's place. On the event loop. */
    public void replace() {
        transfer.replaced(now());
    }

    /** The peer has never answered, and others need the room. On the event loop. */
    public void evict() {
        transfer.evicted(now());
    }

    /** Ends the transfer with that failure, which the peer is told. On the event loop. */
    public void cancel(TftpException cause) {
        transfer.fail(cause, now());
        ctx.flush();
    }

    /** The transfer, to look at. On the event loop. */
    public Transfer transfer() {
        return transfer;
    }

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
                agreement.peer(), agreement.request(), agreement.settings(), transfer.stats(), outcome, cause);
        file.close(() -> tell(ended));
    }

    @Override
    public void close() {
        timer.cancel();
        ctx.flush();
        ctx.close();
    }

    @Override
    public void ready() {
        transfer.resume(now());
        afterwards();
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

    private void onDeadline() {
        transfer.onDeadline(now());
        ctx.flush();
    }

    private void afterwards() {
        ctx.flush();
        long bytes = transfer.stats().bytes();
        if (bytes - reported >= context.progressStep()) {
            reported = bytes;
            tell(new TransferEvent.Progressed(
                    agreement.peer(), agreement.request(), agreement.settings(), transfer.stats()));
        }
    }

    private void tell(TransferEvent event) {
        context.listener().on(event);
    }

    private long now() {
        return ctx.executor().ticker().nanoTime();
    }
}

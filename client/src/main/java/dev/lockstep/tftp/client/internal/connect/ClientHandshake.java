package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpDatagramCodec;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.internal.channel.DeadlineTimer;
import dev.lockstep.tftp.internal.channel.NegotiatedTransfer;
import dev.lockstep.tftp.internal.channel.PeerFilter;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.TransferHandler;
import dev.lockstep.tftp.internal.text.AddressFormat;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.negotiation.Negotiation;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.transfer.RetransmissionTimer;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The last handler of a client's channel until the transfer starts. Retransmits the request until a reply arrives. The port of the first reply
 * from the server's address becomes the peer's TID. The transfer's handlers then replace this handler.
 */
final class ClientHandshake extends ChannelInboundHandlerAdapter {
    private final ClientOperation operation;
    private final long transferId;
    private final Request request;
    private final InetSocketAddress server;
    private final PeerFilter filter;
    private final TransferContext context;
    private final Duration limit;
    private final Consumer<TftpException> refused;
    private final RetransmissionTimer timer;
    private final PreviousPeers previousPeers;

    private ChannelHandlerContext ctx;
    private DeadlineTimer retransmission;
    private long requestedAt;
    private int sent;
    private boolean isSendingFirst;
    private boolean wasUnreachable;
    private String lastError;
    private boolean over;
    private TftpException cancelled;
    private TransferHandler transfer;

    /**
     * Creates a handshake that begins when its channel becomes active.
     *
     * @param limit how long to wait for a reply
     * @param previousPeers the peers of previous transfers; a late datagram of theirs is not a reply
     * @param refused called on the event loop if there will be no transfer; the operation then still owns its file
     */
    ClientHandshake(
            ClientOperation operation,
            TransferEvent.Requested requested,
            TransferContext context,
            Duration limit,
            PreviousPeers previousPeers,
            Consumer<TftpException> refused) {
        this.operation = operation;
        this.transferId = requested.transferId();
        this.request = requested.request();
        this.server = requested.peer();
        this.filter = new PeerFilter(server);
        this.context = context;
        this.limit = limit;
        this.previousPeers = previousPeers;
        this.refused = refused;
        this.timer = new RetransmissionTimer(context.limits().timeout(), new SplittableRandom());
    }

    /** Adds this handler, behind a filter and a codec, to the end of a pipeline. */
    void addTo(ChannelPipeline pipeline) {
        pipeline.addLast(filter, TftpDatagramCodec.INSTANCE, this);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        ctx = context;
        requestedAt = now();
        retransmission = new DeadlineTimer(ctx.executor(), this::onTimeout);
        if (cancelled != null) {
            fail(cancelled);
            return;
        }
        int length = TftpCodec.encodedLength(request);
        if (length > TftpCodec.MAX_REQUEST) {
            String text = "request of " + length + " bytes (expected: <= " + TftpCodec.MAX_REQUEST + ")";
            fail(new TftpException(ErrorCode.NOT_DEFINED, text));
            return;
        }
        filter.exclude(previousPeers.of(ctx.channel(), server));
        Transport.reportIcmpErrors(ctx.channel(), isIpv6(), true);
        isSendingFirst = true;
        send();
        isSendingFirst = false;
    }

    /**
     * Ignores ICMP errors from now on. They may be for an ERROR that was sent to an unknown TID, and must not end a
     * transfer.
     */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        Transport.reportIcmpErrors(context.channel(), isIpv6(), false);
    }

    /** Removes reported ICMP errors. The event loop would not come to rest while the socket has them. */
    private void emptyErrorQueue() {
        Transport.reportIcmpErrors(ctx.channel(), isIpv6(), false);
        if (!over) {
            Transport.reportIcmpErrors(ctx.channel(), isIpv6(), true);
        }
    }

    private boolean isIpv6() {
        return server.getAddress() instanceof Inet6Address;
    }

    private void send() {
        sent++;
        ctx.writeAndFlush(request, ctx.voidPromise());
        if (!over) {
            retransmission.moveTo(Math.min(now() + timer.timeout(), requestedAt + limit.toNanos()));
        }
    }

    /**
     * Cancels the handshake, or the transfer that has begun. Until the server has replied, its port for this transfer
     * is unknown, so no ERROR can be sent. The first reply is therefore awaited for one more timeout, and answered with
     * the ERROR.
     */
    @EventLoop
    void cancel(TftpException cause) {
        if (transfer != null) {
            transfer.cancel(cause);
        } else if (!over) {
            cancelled = cause;
            if (ctx != null) {
                over = true;
                retransmission.moveTo(now() + timer.timeout());
                refused.accept(cause);
            }
        }
    }

    private void onTimeout() {
        if (cancelled != null) {
            ctx.close();
            return;
        }
        if (now() - requestedAt >= limit.toNanos()) {
            String asked =
                    "asked " + (sent == 1 ? "once" : sent + " times") + (lastError == null ? "" : ": " + lastError);
            fail(TftpException.timedOut("timed out: no answer")
                    .because("no answer from " + AddressFormat.of(server) + " in " + seconds(limit) + " s (" + asked
                            + ")"));
            return;
        }
        repeat();
    }

    private void repeat() {
        filter.onRequestRepeated();
        timer.backOff();
        context.listener().on(new TransferEvent.RequestRepeated(transferId, server, request));
        send();
    }

    /** Returns a time in seconds, to a tenth if it is longer than one. */
    static String seconds(Duration time) {
        long millis = time.toMillis();
        long rounded = millis < 1000 ? millis : (millis + 50) / 100 * 100;
        return BigDecimal.valueOf(rounded, 3).stripTrailingZeros().toPlainString();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object msg) {
        TftpMessage reply = (TftpMessage) msg;
        try {
            if (cancelled != null) {
                closeCancelled(reply);
            } else if (reply instanceof OptionAck oack) {
                start(Negotiation.accept(request.options(), oack.options()), oack.options());
                removeSelf();
            } else if (reply instanceof ErrorMessage error) {
                fail(TftpException.fromPeer(error));
            } else if (operation.isPlainReply(reply)) {
                start(TransferSettings.PLAIN, null);
                ctx.fireChannelRead(
                        ReferenceCountUtil.retain(reply)); // to the transfer's handlers, which follow this one
                removeSelf();
            }
        } catch (TftpException refusal) {
            answer(refusal);
            end(refusal);
        } finally {
            ReferenceCountUtil.release(reply);
        }
    }

    private void closeCancelled(TftpMessage reply) {
        if (!(reply instanceof ErrorMessage)) {
            answer(cancelled);
        }
        retransmission.cancel();
        ctx.close();
    }

    /**
     * Starts the transfer.
     *
     * @param granted the options of the OACK, or null if there is no OACK
     */
    private void start(TransferSettings settings, Options granted) throws TftpException {
        InetSocketAddress peer = filter.sender();
        retransmission.cancel();
        long roundTrip = sent > 1 ? 0 : now() - requestedAt;
        boolean oack = granted != null;
        NegotiatedTransfer negotiated = new NegotiatedTransfer(
                transferId, peer, request, settings, oack ? granted : Options.NONE, requestedAt, roundTrip);
        over = true;
        filter.restrictTo(peer);
        previousPeers.add(ctx.channel(), peer);
        operation.begin(ctx.pipeline(), context, negotiated, oack);
        transfer = ctx.pipeline().get(TransferHandler.class);
    }

    /**
     * Removes this handler if it is still there. A transfer that has already ended has closed the channel, and a pooled
     * socket has removed the handlers.
     */
    private void removeSelf() {
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
        }
    }

    private void fail(TftpException cause) {
        if (!over) {
            end(cause);
        }
    }

    private void end(TftpException cause) {
        over = true;
        retransmission.cancel();
        ctx.close();
        refused.accept(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(new TftpException(ErrorCode.NOT_DEFINED, "closed"));
    }

    /**
     * Fails the handshake if the request could not be sent, or if the server's port is unreachable. The ICMP error may
     * be for another datagram of this socket, so only a second one after another request is certain. Other ICMP errors
     * are often transient, for example while the server starts.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        emptyErrorQueue();
        if (over) {
            return;
        }
        boolean isUnreachable = Transport.isPortUnreachable(cause);
        if (isUnreachable && !wasUnreachable) {
            wasUnreachable = true;
            repeat();
        } else if (isUnreachable) {
            fail(new TftpException(ErrorCode.NOT_DEFINED, "port unreachable", cause)
                    .because("no server at " + AddressFormat.of(server) + " (port unreachable)"));
        } else if (cause instanceof IOException && !isSendingFirst) {
            lastError = text(cause);
        } else {
            fail(new TftpException(ErrorCode.NOT_DEFINED, String.valueOf(cause.getMessage()), cause)
                    .because("cannot send to " + AddressFormat.of(server) + ": " + text(cause)));
        }
    }

    /** Returns the text of an error without the name of the system call before it. */
    private static String text(Throwable cause) {
        return String.valueOf(cause.getMessage()).replaceFirst("^.*\\): ", "").toLowerCase(Locale.ROOT);
    }

    /** Sends an ERROR to the sender of the reply that is being read. */
    private void answer(TftpException failure) {
        filter.restrictTo(filter.sender());
        ctx.writeAndFlush(failure.toMessage(), ctx.voidPromise());
    }

    private long now() {
        return ctx.executor().ticker().nanoTime();
    }
}

package dev.lockstep.tftp.client;

import dev.lockstep.tftp.channel.DeadlineTimer;
import dev.lockstep.tftp.channel.NegotiatedTransfer;
import dev.lockstep.tftp.channel.PeerFilter;
import dev.lockstep.tftp.channel.TransferContext;
import dev.lockstep.tftp.channel.TransferHandler;
import dev.lockstep.tftp.channel.UnknownTidResponder;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.transfer.Negotiation;
import dev.lockstep.tftp.transfer.RetransmissionTimer;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.TransferEvent;
import dev.lockstep.tftp.transfer.TransferSettings;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The first handler of a client's channel: sends the request until an answer comes. The first answer from the
 * server's address makes its port the peer, and this handler gives its place to the transfer.
 */
final class ClientHandshake extends ChannelInboundHandlerAdapter {
    private final ClientOperation exchange;
    private final Request request;
    private final InetSocketAddress server;
    private final TransferContext context;
    private final Consumer<TftpException> refused;
    private final RetransmissionTimer timer;
    private final UnknownTidResponder strangers = new UnknownTidResponder();

    private ChannelHandlerContext ctx;
    private DeadlineTimer resend;
    private long requestedAt;
    private boolean sentAgain;
    private boolean over;
    private TftpException cancelled;
    private TransferHandler transfer;

    /**
     * A handshake that begins when its channel is active.
     *
     * @param refused told on the event loop if there will be no transfer; the exchange then still owns its file
     */
    ClientHandshake(
            ClientOperation exchange,
            Request request,
            InetSocketAddress server,
            TransferContext context,
            Consumer<TftpException> refused) {
        this.exchange = exchange;
        this.request = request;
        this.server = server;
        this.context = context;
        this.refused = refused;
        this.timer = new RetransmissionTimer(context.limits().timeout(), new SplittableRandom());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        ctx = context;
        requestedAt = now();
        resend = new DeadlineTimer(ctx.executor(), this::onTimeout);
        if (cancelled != null) {
            fail(cancelled);
            return;
        }
        int length = TftpCodec.encodedLength(request);
        if (length > TftpCodec.MAX_REQUEST) {
            String text = "request of " + length + " octets (expected: <= " + TftpCodec.MAX_REQUEST + ")";
            fail(new TftpException(ErrorCode.NOT_DEFINED, text));
            return;
        }
        send(request, server);
        resend.moveTo(requestedAt + timer.timeout());
    }

    /**
     * Ends the handshake, or the transfer that has begun. A server that has not answered yet has no port to be told
     * at: for one more timeout its first answer is awaited, and answered with the ERROR. On the event loop.
     */
    void cancel(TftpException cause) {
        if (transfer != null) {
            transfer.cancel(cause);
        } else if (!over) {
            cancelled = cause;
            if (ctx != null) {
                over = true;
                resend.moveTo(now() + timer.timeout());
                refused.accept(cause);
            }
        }
    }

    private void onTimeout() {
        if (cancelled != null) {
            ctx.close();
            return;
        }
        if (now() - requestedAt >= context.limits().idleTimeout().toNanos()) {
            fail(new TftpException(ErrorCode.NOT_DEFINED, "timed out: no answer"));
            return;
        }
        sentAgain = true;
        timer.backOff();
        context.listener().on(new TransferEvent.RequestRepeated(server, request));
        send(request, server);
        resend.moveTo(now() + timer.timeout());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object msg) {
        DatagramPacket packet = (DatagramPacket) msg;
        try {
            if (packet.sender().getAddress().equals(server.getAddress())) {
                onAnswer(TftpCodec.decode(packet.content()), packet.sender());
            } else {
                strangers.turnAway(ctx, packet);
            }
        } catch (MalformedMessageException malformed) {
            context.fireUserEventTriggered(malformed); // and wait for a better answer
        } finally {
            packet.release();
        }
    }

    private void onAnswer(TftpMessage answer, InetSocketAddress peer) {
        try {
            if (cancelled != null) {
                leaveCancelled(answer, peer);
            } else if (answer instanceof OptionAck oack) {
                start(peer, Negotiation.accept(request.options(), oack.options()), true);
                leave();
            } else if (answer instanceof ErrorMessage error) {
                fail(TftpException.fromPeer(error));
            } else if (exchange.isPlainAnswer(answer)) {
                start(peer, TransferSettings.PLAIN, false);
                ctx.fireChannelRead(ReferenceCountUtil.retain(answer)); // the transfer stands behind this handler now
                leave();
            }
        } catch (TftpException refusal) {
            send(refusal.toMessage(), peer);
            end(refusal);
        } finally {
            ReferenceCountUtil.release(answer);
        }
    }

    private void leaveCancelled(TftpMessage answer, InetSocketAddress peer) {
        if (!(answer instanceof ErrorMessage)) {
            send(cancelled.toMessage(), peer);
        }
        resend.cancel();
        ctx.close();
    }

    private void start(InetSocketAddress peer, TransferSettings settings, boolean oack) throws TftpException {
        resend.cancel();
        long roundTrip = sentAgain ? 0 : now() - requestedAt;
        NegotiatedTransfer agreement = new NegotiatedTransfer(peer, request, settings, requestedAt, roundTrip);
        over = true;
        ctx.pipeline().addLast(new PeerFilter(peer));
        exchange.begin(ctx.pipeline(), context, agreement, oack);
        transfer = ctx.pipeline().get(TransferHandler.class);
    }

    /** A transfer that ended at once has closed the channel, and a socket that rests has no handlers of it any more. */
    private void leave() {
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
        resend.cancel();
        ctx.close();
        refused.accept(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(new TftpException(ErrorCode.NOT_DEFINED, "closed"));
    }

    /** A request that can't leave this machine won't be answered. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(new TftpException(ErrorCode.NOT_DEFINED, String.valueOf(cause.getMessage()), cause));
    }

    private void send(TftpMessage message, InetSocketAddress to) {
        ctx.writeAndFlush(new DatagramPacket(TftpCodec.encode(message, ctx.alloc()), to), ctx.voidPromise());
    }

    private long now() {
        return ctx.executor().ticker().nanoTime();
    }
}

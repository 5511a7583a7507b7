package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.event.DropReason;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.internal.channel.TransferIds;
import dev.lockstep.tftp.internal.channel.TransientSocketErrors;
import dev.lockstep.tftp.internal.channel.UnknownTidResponder;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.internal.session.ErrorResponder;
import dev.lockstep.tftp.server.internal.session.ServerTransfer;
import dev.lockstep.tftp.server.internal.session.TransferKey;
import dev.lockstep.tftp.server.internal.session.TransferQuota;
import dev.lockstep.tftp.server.internal.validation.PeerValidation;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Decides about each request: starts a transfer for a new peer, passes a duplicate to the running transfer, lets a
 * request wait for a free place, or refuses it. Any other message is dropped, since a reply could be used for a
 * reflection attack.
 */
final class RequestDispatcher extends ChannelInboundHandlerAdapter {
    /**
     * First delay before a request without a free place is tried again, in milliseconds. The delay doubles each time:
     * 31 ms in all.
     */
    private static final int FIRST_WAIT = 1;

    private static final int LAST_WAIT = 16;

    /** Limit of the requests that wait; further ones are refused at once. */
    private static final int MAX_WAITING = 64;

    private final ListenerContext shared;
    private final TransferQuota quota;
    private final SharedPortDemultiplexer sharedPort;
    private final UnknownTidResponder unknownTids = new UnknownTidResponder();
    private final Map<TransferKey, ServerTransfer> transfers = new HashMap<>();
    /** Admitted requests that wait for a free place. */
    private final Map<TransferKey, ServerTransfer> waiting = new HashMap<>();

    private ChannelHandlerContext ctx;
    private EventLoop loop;
    private TransferChannelFactory channels;
    private ErrorResponder errors;

    RequestDispatcher(ListenerContext shared, SharedPortDemultiplexer sharedPort) {
        this.shared = shared;
        this.quota = shared.quota();
        this.sharedPort = sharedPort;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        loop = ctx.channel().eventLoop();
        channels = new TransferChannelFactory(shared, ctx.channel(), sharedPort, this::forget, this::onNoChannel);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        InetAddress listening = ((InetSocketAddress) ctx.channel().localAddress()).getAddress();
        errors = new ErrorResponder(loop, shared.transport(), shared.config().taps(), listening);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        waiting.clear();
        errors.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object msg) {
        AddressedEnvelope<?, ?> datagram = (AddressedEnvelope<?, ?>) msg;
        TransferKey key = TransferKey.of(datagram);
        if (datagram.content() instanceof Request request) {
            onRequest(request, key);
        } else {
            onStray((TftpMessage) datagram.content(), key.peer());
        }
        ReferenceCountUtil.release(datagram);
    }

    /** Called by the codec for a malformed datagram. A request is refused, anything else is dropped. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof AddressedEnvelope<?, ?> datagram
                && datagram.content() instanceof MalformedMessageException malformed)) {
            ctx.fireUserEventTriggered(event);
            return;
        }
        TransferKey key = TransferKey.of(datagram);
        if (!malformed.isRequest()) {
            drop(new TransferEvent.Dropped(key.peer(), DropReason.MALFORMED, malformed.getMessage()));
            return;
        }
        PeerValidation validation = admit(key.peer(), now());
        if (validation != null) {
            TftpException refusal = new TftpException(ErrorCode.ILLEGAL_OPERATION, malformed.getMessage());
            refuse(
                    key,
                    validation,
                    new TransferEvent.Refused(TransferIds.next(), key.peer(), null, RefusalReason.MALFORMED, refusal));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!TransientSocketErrors.tryHandle(cause, ctx)) {
            ctx.fireExceptionCaught(cause);
        }
    }

    /**
     * Handles a message that belongs to no known transfer. In single-port mode, where transfers use this port, it is
     * answered with ERROR 5, unless it may belong to a transfer of another replica.
     */
    private void onStray(TftpMessage message, InetSocketAddress peer) {
        if (shared.config().replica()) {
            drop(new TransferEvent.Dropped(peer, DropReason.UNKNOWN_TRANSFER));
            return;
        }
        drop(new TransferEvent.Dropped(peer, DropReason.NOT_A_REQUEST));
        if (shared.config().portModes().forPeer(peer) instanceof PortMode.Single) {
            unknownTids.respond(ctx, message, peer);
        }
    }

    private void drop(TransferEvent.Dropped dropped) {
        shared.transfers().listener().on(dropped);
    }

    private void onRequest(Request request, TransferKey key) {
        long now = now();
        InetSocketAddress peer = key.peer();
        ServerTransfer live = transfers.get(key);
        if (live != null && live.isRepeatedBy(request, now)) {
            live.repeat();
            return;
        }
        ServerTransfer asked = waiting.get(key);
        if (asked != null && asked.request().equals(request)) {
            return;
        }
        if (isDrainingReplica()) {
            drop(new TransferEvent.Dropped(peer, DropReason.DRAINING));
            return;
        }
        PeerValidation validation = admit(peer, now);
        if (validation == null) {
            return;
        }
        if (live != null) {
            live.replace();
        }
        waiting.remove(key); // an older request of the same peer must not start after this one
        long id = TransferIds.next();
        shared.transfers().listener().on(new TransferEvent.Requested(id, peer, request));
        RequestSettings settings;
        try {
            settings = shared.config().policy().resolve(request, peer);
        } catch (TftpException refusal) {
            refuse(key, validation, new TransferEvent.Refused(id, peer, request, RefusalReason.DENIED, refusal));
            return;
        }
        PortMode mode = shared.config().portModes().forPeer(peer);
        enter(new ServerTransfer(id, key, request, settings, mode, now, validation, quota, loop), FIRST_WAIT);
    }

    /** Returns true if new requests are left to other replicas. Most firmware does not ask again after an ERROR. */
    private boolean isDrainingReplica() {
        return quota.isClosed() && shared.config().replica();
    }

    /** Returns the state of a peer whose request is admitted, or null after the request was reported as dropped. */
    private PeerValidation admit(InetSocketAddress peer, long now) {
        PeerValidation admitted = shared.validation().admit(peer, now);
        if (admitted == null) {
            reportDropped(peer);
        }
        return admitted;
    }

    /** Reports a request that is dropped without a reply, since its source address may be spoofed. */
    private void reportDropped(InetSocketAddress peer) {
        drop(new TransferEvent.Dropped(peer, DropReason.UNVALIDATED_RATE_LIMIT));
    }

    /**
     * Starts an admitted request, queues it until there is a free place, or refuses it.
     *
     * @param wait the delay in milliseconds before the next try, if there is no free place
     */
    private void enter(ServerTransfer transfer, int wait) {
        TransferKey key = transfer.key();
        try {
            freePlace(transfer, now());
            quota.enter(transfer);
        } catch (TftpException refusal) {
            if (isDrainingReplica()) {
                drop(new TransferEvent.Dropped(transfer.peer(), DropReason.DRAINING));
            } else if (wait > LAST_WAIT || waiting.size() >= MAX_WAITING || quota.isClosed()) {
                refuse(
                        transfer,
                        quota.isClosed() ? RefusalReason.SHUTTING_DOWN : RefusalReason.TRANSFER_LIMIT,
                        refusal);
            } else {
                waiting.put(key, transfer);
                Runnable again = () -> {
                    if (waiting.remove(key, transfer)) {
                        enter(transfer, 2 * wait);
                    }
                };
                loop.schedule(again, wait, TimeUnit.MILLISECONDS);
            }
            return;
        }
        transfers.put(key, transfer);
        transfer.validation().start(transfer);
        channels.open(transfer);
    }

    /**
     * Frees a place if the limit of transfers is reached: evicts an unvalidated peer, or else the transfer that has
     * been idle longest. For a client at its own limit, evicts only one of its own transfers, since a place of another
     * client would not help.
     */
    private void freePlace(ServerTransfer transfer, long now) {
        if (quota.isClosed()) {
            return; // the request is refused anyway
        }
        if (quota.isFull()
                && !quota.isFullFor(transfer.client())
                && shared.validation().evictOldest(any -> true, now) != null) {
            return;
        }
        ServerTransfer silent = quota.longestSilent(transfer.client(), now);
        if (silent != null) {
            silent.evict();
        }
    }

    private void onNoChannel(ServerTransfer transfer, TftpException cause) {
        forget(transfer);
        refuse(transfer, RefusalReason.NO_SOCKET, cause);
    }

    private void forget(ServerTransfer transfer) {
        transfers.remove(transfer.key(), transfer);
        transfer.leave();
        transfer.validation().end();
        shared.dallying().remove(transfer);
        errors.onSocketClosed();
    }

    private void refuse(ServerTransfer transfer, RefusalReason reason, TftpException error) {
        refuse(
                transfer.key(),
                transfer.validation(),
                new TransferEvent.Refused(transfer.id(), transfer.peer(), transfer.request(), reason, error));
    }

    private void refuse(TransferKey key, PeerValidation validation, TransferEvent.Refused refused) {
        TftpException refusal = refused.error();
        if (!validation.tryCharge(
                PeerValidation.EMPTY_ERROR + refusal.getMessage().length(), now())) {
            reportDropped(key.peer());
            return;
        }
        shared.transfers().listener().on(refused);
        if (shared.config().portModes().forPeer(key.peer()) instanceof PortMode.Ephemeral) {
            errors.refuse(key.peer(), key.asked(), refusal);
        } else { // another port may not reach the client, or not be free
            ctx.writeAndFlush(new DefaultAddressedEnvelope<>(refusal.toMessage(), key.peer()), ctx.voidPromise());
        }
    }

    private long now() {
        return loop.ticker().nanoTime();
    }

    /** Closes the listener, at once or when the last transfer that uses its port has ended. */
    @dev.lockstep.tftp.concurrent.EventLoop
    void retire() {
        sharedPort.closeWhenUnused();
    }

    /**
     * Cancels all running transfers and sends their peers an ERROR.
     *
     * @param cause the ERROR to send
     */
    @dev.lockstep.tftp.concurrent.EventLoop
    void cancelAll(TftpException cause) {
        List.copyOf(transfers.values()).forEach(transfer -> transfer.cancel(cause));
    }

    /** Closes the channels of all transfers, without a further message. */
    @dev.lockstep.tftp.concurrent.EventLoop
    void closeTransfers() {
        List.copyOf(transfers.values()).forEach(ServerTransfer::closeChannel);
    }
}

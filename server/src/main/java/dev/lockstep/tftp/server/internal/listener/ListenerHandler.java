package dev.lockstep.tftp.server.internal.listener;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.event.DropReason;
import dev.lockstep.tftp.event.RefusalReason;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.internal.channel.TransferIds;
import dev.lockstep.tftp.internal.channel.TransientSocketErrors;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.internal.ServerConfig;
import dev.lockstep.tftp.server.internal.session.ErrorResponder;
import dev.lockstep.tftp.server.internal.session.EvictionQueue.Verdict;
import dev.lockstep.tftp.server.internal.session.ServerHandshake;
import dev.lockstep.tftp.server.internal.session.ServerTransfer;
import dev.lockstep.tftp.server.internal.session.TransferChannelFactory;
import dev.lockstep.tftp.server.internal.session.TransferKey;
import dev.lockstep.tftp.server.internal.session.TransferQuota;
import dev.lockstep.tftp.server.internal.validation.AmplificationLimiter;
import dev.lockstep.tftp.server.internal.validation.PeerValidation;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Reads requests on a listening socket. Each request of a new peer gets a child channel on this listener's event loop.
 * A duplicate request is passed to the running transfer. A datagram of a transfer without a socket of its own is passed
 * to {@link SharedPort}. Any other datagram is dropped, since a reply could be used for a reflection attack.
 */
public final class ListenerHandler extends ChannelInboundHandlerAdapter {
    /**
     * First delay before a request without a free place is tried again, in milliseconds. The delay doubles each time:
     * 31 ms in all.
     */
    private static final int FIRST_WAIT = 1;

    private static final int LAST_WAIT = 16;

    /** Limit of the requests that wait; further ones are refused at once. */
    private static final int MAX_WAITING = 64;

    private final ServerConfig config;
    private final TransferContext context;
    private final Transport transport;
    private final TransferQuota admission;
    private final ListenerContext shared;
    private final Map<TransferKey, ServerTransfer> children = new HashMap<>();
    /** Admitted requests that wait for a free place. */
    private final Map<TransferKey, ServerTransfer> waiting = new HashMap<>();

    private EventLoop loop;
    private SharedPort sharedPort;
    private TransferChannelFactory bootstrap;
    private ErrorResponder refusals;
    private volatile LocalAddressSockets own;

    ListenerHandler(
            ServerConfig config,
            TransferContext context,
            Transport transport,
            TransferQuota admission,
            ListenerContext shared) {
        this.config = config;
        this.context = context;
        this.transport = transport;
        this.admission = admission;
        this.shared = shared;
    }

    /**
     * Marks this listener as one on a wildcard address.
     *
     * @param addresses the sockets of single addresses behind the wildcard
     */
    void passOnTo(LocalAddressSockets addresses) {
        own = addresses;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop = ctx.channel().eventLoop();
        sharedPort = new SharedPort(ctx.channel(), transport, shared.sharedPortOwners());
        bootstrap = new TransferChannelFactory(sharedPort, shared.pool(), transport, config.taps());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        InetAddress listening = ((InetSocketAddress) ctx.channel().localAddress()).getAddress();
        refusals = new ErrorResponder(loop, transport, bootstrap, listening);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        waiting.clear();
        refusals.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        DatagramPacket packet = (DatagramPacket) msg;
        try {
            if (shared.isBroadcastOrMulticast().test(packet.recipient().getAddress())) {
                drop(packet, DropReason.BROADCAST_OR_MULTICAST);
            } else if (isForUnknownAddress(packet)) {
                drop(packet, DropReason.UNKNOWN_DESTINATION);
            } else if (!sharedPort.deliver(packet) && !passOn(ctx, packet)) {
                onDatagram(ctx, packet);
            }
        } finally {
            packet.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        sharedPort.readComplete();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!TransientSocketErrors.is(cause, ctx)) {
            ctx.fireExceptionCaught(cause);
        }
    }

    /**
     * Returns true if the local address of a request is not known: a request that was received before the sockets of
     * single addresses were bound may have been sent to any of them.
     */
    private boolean isForUnknownAddress(DatagramPacket packet) {
        LocalAddressSockets addresses = own;
        return addresses != null
                && packet.recipient().getAddress().isAnyLocalAddress()
                && addresses.isAmbiguous(packet.sender().getAddress());
    }

    /**
     * Passes a request to a socket that is bound to its destination address, which a reply from the listening port
     * needs. Returns false if this listener has to serve the request itself.
     */
    private boolean passOn(ChannelHandlerContext ctx, DatagramPacket packet) {
        LocalAddressSockets addresses = own;
        return addresses != null
                && !(config.portModes().forPeer(packet.sender()) instanceof PortMode.Fresh)
                && addresses.passOn(packet, ctx.channel());
    }

    private void onDatagram(ChannelHandlerContext ctx, DatagramPacket packet) {
        TransferKey key = TransferKey.of(packet);
        try {
            TftpMessage message = TftpCodec.decode(packet.content(), config.strictness());
            if (message instanceof Request request) {
                onRequest(request, key);
            } else {
                onStray(ctx, packet, message);
            }
            ReferenceCountUtil.release(message);
        } catch (MalformedMessageException malformed) {
            if (!malformed.isRequest()) {
                context.listener()
                        .on(new TransferEvent.Dropped(packet.sender(), DropReason.MALFORMED, malformed.getMessage()));
                return;
            }
            PeerValidation validation = admit(key.peer(), now());
            if (validation != null) {
                TftpException refusal = new TftpException(ErrorCode.ILLEGAL_OPERATION, malformed.getMessage());
                refuse(
                        key,
                        validation,
                        new TransferEvent.Requested(TransferIds.next(), key.peer(), null),
                        RefusalReason.MALFORMED,
                        refusal);
            }
        }
    }

    /**
     * Handles a message that belongs to no known transfer. In single-port mode, where transfers use this port, it is
     * answered with ERROR 5.
     */
    private void onStray(ChannelHandlerContext ctx, DatagramPacket packet, TftpMessage message) {
        drop(packet, DropReason.NOT_A_REQUEST);
        if (config.portModes().forPeer(packet.sender()) instanceof PortMode.Single) {
            sharedPort.respondUnknownTid(ctx, message, packet.sender());
        }
    }

    private void onRequest(Request request, TransferKey key) {
        long now = now();
        InetSocketAddress peer = key.peer();
        ServerTransfer live = children.get(key);
        if (live != null && live.isRepeatedBy(request, now)) {
            live.repeat();
            return;
        }
        ServerTransfer asked = waiting.get(key);
        if (asked != null && asked.request().equals(request)) {
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
        TransferEvent.Requested requested = new TransferEvent.Requested(TransferIds.next(), peer, request);
        context.listener().on(requested);
        RequestSettings requestSettings;
        try {
            requestSettings = config.policy().resolve(request, peer);
        } catch (TftpException refusal) {
            refuse(key, validation, requested, RefusalReason.DENIED, refusal);
            return;
        }
        PortMode mode = config.portModes().forPeer(peer);
        enter(new ServerTransfer(requested, mode, now, validation, admission, loop), key, requestSettings, FIRST_WAIT);
    }

    /**
     * Starts an admitted request, queues it until there is a free place, or refuses it.
     *
     * @param wait the delay in milliseconds before the next try, if there is no free place
     */
    private void enter(ServerTransfer child, TransferKey key, RequestSettings requestSettings, int wait) {
        try {
            freePlace(child, now());
            admission.enter(child);
        } catch (TftpException refusal) {
            if (wait > LAST_WAIT || waiting.size() >= MAX_WAITING || admission.isClosed()) {
                refuse(
                        key,
                        child.validation(),
                        child.requested(),
                        admission.isClosed() ? RefusalReason.SHUTTING_DOWN : RefusalReason.TRANSFER_LIMIT,
                        refusal);
            } else {
                waiting.put(key, child);
                Runnable again = () -> {
                    if (waiting.remove(key, child)) {
                        enter(child, key, requestSettings, 2 * wait);
                    }
                };
                loop.schedule(again, wait, TimeUnit.MILLISECONDS);
            }
            return;
        }
        children.put(key, child);
        child.validation().start(child);
        open(child, key, requestSettings);
    }

    /**
     * Frees a place if the limit of transfers is reached: evicts an unvalidated peer, or else the transfer that has
     * been idle longest. For a client at its own limit, evicts only one of its own transfers, since a place of another
     * client would not help.
     */
    private void freePlace(ServerTransfer child, long now) {
        if (admission.isClosed()) {
            return; // the request is refused anyway
        }
        if (admission.isFull()
                && !admission.isFullFor(child.client())
                && shared.validation().evictOldest(any -> true, now) != null) {
            return;
        }
        ServerTransfer silent = admission.longestSilent(child.client(), now);
        if (silent != null) {
            silent.evict();
        }
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
        context.listener().on(new TransferEvent.Dropped(peer, DropReason.UNVALIDATED_RATE_LIMIT));
    }

    private void open(ServerTransfer child, TransferKey key, RequestSettings requestSettings) {
        TransferContext watched = context.withListener(
                child.watchedBy(context.listener(), shared.dallying(), requestSettings.blackHole()));
        bootstrap.open(
                child,
                key,
                pipeline -> {
                    child.opened(pipeline.channel());
                    pipeline.addLast(
                            new AmplificationLimiter(child.validation()),
                            new ServerHandshake(
                                    child,
                                    requestSettings,
                                    watched,
                                    shared.openings().apply(requestSettings.storage()),
                                    bootstrap::pathMtu));
                },
                new TransferChannelFactory.Owner(
                        failure -> loop.execute(() -> onNoChannel(child, key, requestSettings, failure)),
                        () -> forget(key, child)));
    }

    /** Called when the system provides no socket for a transfer, or all ports of a range are in use. */
    private void onNoChannel(
            ServerTransfer child, TransferKey key, RequestSettings requestSettings, Throwable failure) {
        ServerTransfer evicted = child.isAbandoned() ? null : evictFor(child.mode());
        if (evicted != null) {
            evicted.whenClosed(() -> loop.execute(() -> open(child, key, requestSettings)));
            return;
        }
        forget(key, child);
        TftpException cause = failure instanceof TftpException known
                ? known
                : new TftpException(ErrorCode.NOT_DEFINED, "server is out of sockets, try again", failure);
        refuse(key, child.validation(), child.requested(), RefusalReason.NO_SOCKET, cause);
    }

    /**
     * Evicts a dallying upload, or else a transfer with an unvalidated peer.
     *
     * @return the evicted transfer, or null if there is none
     */
    private ServerTransfer evictFor(PortMode mode) {
        ServerTransfer finished =
                shared.dallying().evictFirst(child -> child.holdsWhatIsNeededFor(mode) ? Verdict.EVICT : Verdict.KEEP);
        return finished != null
                ? finished
                : shared.validation().evictOldest(child -> child.holdsWhatIsNeededFor(mode), now());
    }

    private void forget(TransferKey key, ServerTransfer child) {
        children.remove(key, child);
        child.leave();
        child.validation().end();
        shared.dallying().remove(child);
        refusals.onSocketClosed();
    }

    private void refuse(
            TransferKey key,
            PeerValidation validation,
            TransferEvent.Requested requested,
            RefusalReason reason,
            TftpException refusal) {
        if (!validation.tryCharge(
                PeerValidation.EMPTY_ERROR + refusal.getMessage().length(), now())) {
            reportDropped(key.peer());
            return;
        }
        context.listener()
                .on(new TransferEvent.Refused(
                        requested.transferId(), key.peer(), requested.request(), reason, refusal));
        if (config.portModes().forPeer(key.peer()) instanceof PortMode.Fresh) {
            refusals.refuse(key.peer(), key.asked(), refusal);
        } else {
            sharedPort.refuse(key.peer(), refusal); // another port may not reach the client, or not be free
        }
    }

    private long now() {
        return loop.ticker().nanoTime();
    }

    private void drop(DatagramPacket packet, DropReason reason) {
        context.listener().on(new TransferEvent.Dropped(packet.sender(), reason));
    }

    /**
     * Closes the listener, at once or when the last transfer that uses its port has ended. Must be called on the event
     * loop.
     */
    void retire() {
        sharedPort.closeWhenUnused();
    }

    /**
     * Cancels all running transfers and sends their peers an ERROR. Must be called on the event loop.
     *
     * @param cause the ERROR to send
     */
    void cancelAll(TftpException cause) {
        List.copyOf(children.values()).forEach(child -> child.cancel(cause));
    }
}

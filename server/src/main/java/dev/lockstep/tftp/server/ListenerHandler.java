package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.TransferContext;
import dev.lockstep.tftp.channel.TransientSocketErrors;
import dev.lockstep.tftp.channel.Transport;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.server.EvictionQueue.Verdict;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.TransferEvent;
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
 * Reads requests. Each of a new peer gets a child channel on this listener's event loop; one that is repeated joins the
 * child that is there. What belongs to a child without a socket of its own goes to {@link SharedPort}; all the rest is
 * not answered, since that would feed a spoofer.
 */
final class ListenerHandler extends ChannelInboundHandlerAdapter {
    /** Milliseconds that a request waits for a place, twice as many each time: 31 in all. */
    private static final int FIRST_WAIT = 1;

    private static final int LAST_WAIT = 16;

    /** Requests that may wait so, the others are refused at once. */
    private static final int MOST_WAITING = 64;

    private final ServerConfig config;
    private final TransferContext context;
    private final Transport transport;
    private final TransferQuota admission;
    private final ListenerContext shared;
    private final Map<TransferKey, ServerTransfer> children = new HashMap<>();
    /** Requests for which there was no place yet. */
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

    /** This listens on a wildcard, behind which there are these. */
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
                drop(packet, "sent to a broadcast or multicast address");
            } else if (isForUnknownAddress(packet)) {
                drop(packet, "sent before there was a socket for each address");
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

    /** A request that was there before the sockets of single addresses may have been sent to any of them. */
    private boolean isForUnknownAddress(DatagramPacket packet) {
        LocalAddressSockets addresses = own;
        return addresses != null
                && packet.recipient().getAddress().isAnyLocalAddress()
                && addresses.isAmbiguous(packet.sender().getAddress());
    }

    /** An answer from the listening port needs a socket that is bound to the address that was asked. */
    private boolean passOn(ChannelHandlerContext ctx, DatagramPacket packet) {
        LocalAddressSockets addresses = own;
        return addresses != null
                && !(config.portModes().forPeer(packet.sender()) instanceof PortMode.Fresh)
                && addresses.passOn(packet, ctx.channel());
    }

    private void onDatagram(ChannelHandlerContext ctx, DatagramPacket packet) {
        TransferKey ends = TransferKey.of(packet);
        try {
            TftpMessage message = TftpCodec.decode(packet.content(), config.strictness());
            if (message instanceof Request request) {
                onRequest(request, ends);
            } else {
                onStray(ctx, packet, message);
            }
            ReferenceCountUtil.release(message);
        } catch (MalformedMessageException malformed) {
            if (malformed.isRequest() && admits(ends.peer(), now())) {
                TftpException refusal = new TftpException(ErrorCode.ILLEGAL_OPERATION, malformed.getMessage());
                refuse(ends, null, refusal);
            } else if (!malformed.isRequest()) {
                drop(packet, malformed.getMessage());
            }
        }
    }

    /** Part of a transfer that is not here: of one that never was, where this port is that of transfers. */
    private void onStray(ChannelHandlerContext ctx, DatagramPacket packet, TftpMessage message) {
        drop(packet, "not a request");
        if (config.portModes().forPeer(packet.sender()) instanceof PortMode.Single) {
            sharedPort.turnAway(ctx, message, packet.sender());
        }
    }

    private void onRequest(Request request, TransferKey ends) {
        long now = now();
        InetSocketAddress peer = ends.peer();
        ServerTransfer live = children.get(ends);
        if (live != null && live.isRepeatedBy(request, now)) {
            live.repeat();
            return;
        }
        ServerTransfer asked = waiting.get(ends);
        if (asked != null && asked.request().equals(request)) {
            return;
        }
        if (!admits(peer, now)) {
            return;
        }
        if (live != null) {
            live.replace();
        }
        context.listener().on(new TransferEvent.Requested(peer, request));
        RequestSettings requestSettings;
        try {
            requestSettings = config.policy().resolve(request, peer);
        } catch (TftpException refusal) {
            refuse(ends, request, refusal);
            return;
        }
        PortMode mode = config.portModes().forPeer(peer);
        enter(new ServerTransfer(peer, request, mode, now, admission, loop), ends, requestSettings, FIRST_WAIT);
    }

    /**
     * Opens an admitted request, has it wait for a place, or refuses it.
     *
     * @param wait how many milliseconds it is to wait if there is no place
     */
    private void enter(ServerTransfer child, TransferKey ends, RequestSettings requestSettings, int wait) {
        try {
            makePlace(child, now());
            admission.enter(child);
        } catch (TftpException refusal) {
            if (wait > LAST_WAIT || waiting.size() >= MOST_WAITING || admission.isClosed()) {
                refuse(ends, child.request(), refusal);
            } else {
                waiting.put(ends, child);
                Runnable again = () -> {
                    if (waiting.remove(ends, child)) {
                        enter(child, ends, requestSettings, 2 * wait);
                    }
                };
                loop.schedule(again, wait, TimeUnit.MILLISECONDS);
            }
            return;
        }
        children.put(ends, child);
        shared.unvalidated().add(child);
        open(child, ends, requestSettings);
    }

    /** Where all places are taken, evicts a peer that never answered, or else the one that has been silent longest. */
    private void makePlace(ServerTransfer child, long now) {
        if (admission.isFull() && shared.unvalidated().makeRoom(any -> true, now) != null) {
            return;
        }
        ServerTransfer silent = admission.longestSilent(child.client(), now);
        if (silent != null) {
            silent.evict();
        }
    }

    /** Whether a request may be looked at: of those that nobody answers there are not too many, nor from there. */
    private boolean admits(InetSocketAddress peer, long now) {
        if (shared.buckets().admits(peer, now)) {
            return true;
        }
        turnAway(peer);
        return false;
    }

    /** Not worth an answer, since its sender may be made up. */
    private void turnAway(InetSocketAddress peer) {
        context.listener().on(new TransferEvent.TurnedAway(peer, "too much is unanswered"));
    }

    private void open(ServerTransfer child, TransferKey ends, RequestSettings requestSettings) {
        TransferContext watched = context.withListener(
                child.watchedBy(context.listener(), shared.dallying(), requestSettings.blackHole()));
        bootstrap.open(
                child,
                ends,
                pipeline -> pipeline.addLast(
                        new AmplificationLimiter(child, shared.buckets(), shared.unvalidated()),
                        new ServerHandshake(
                                child,
                                requestSettings,
                                watched,
                                shared.openings().apply(requestSettings.storage()),
                                bootstrap::pathMtu)),
                new TransferChannelFactory.Owner(
                        failure -> loop.execute(() -> onNoChannel(child, ends, requestSettings, failure)),
                        () -> forget(ends, child)));
    }

    /** The machine gives no socket for a transfer, or all ports of a range are taken. */
    private void onNoChannel(
            ServerTransfer child, TransferKey ends, RequestSettings requestSettings, Throwable failure) {
        ServerTransfer leaving = child.isAbandoned() ? null : makeRoomFor(child.mode());
        if (leaving != null) {
            leaving.whenClosed(() -> loop.execute(() -> open(child, ends, requestSettings)));
            return;
        }
        forget(ends, child);
        TftpException cause = failure instanceof TftpException known
                ? known
                : new TftpException(ErrorCode.NOT_DEFINED, "server is out of sockets, try again", failure);
        refuse(ends, child.request(), cause);
    }

    /** Closes a finished upload that dallies, or else a peer that never answered; null if there is none. */
    private ServerTransfer makeRoomFor(PortMode mode) {
        ServerTransfer finished =
                shared.dallying().evictFirst(child -> child.holdsWhatIsNeededFor(mode) ? Verdict.EVICT : Verdict.KEEP);
        return finished != null
                ? finished
                : shared.unvalidated().makeRoom(child -> child.holdsWhatIsNeededFor(mode), now());
    }

    private void forget(TransferKey ends, ServerTransfer child) {
        children.remove(ends, child);
        child.leave();
        shared.unvalidated().remove(child);
        shared.dallying().remove(child);
        refusals.onSocketClosed();
    }

    private void refuse(TransferKey ends, Request request, TftpException refusal) {
        int octets = ReplyBudget.EMPTY_ERROR + refusal.getMessage().length();
        if (!shared.buckets().tryTake(ends.peer().getAddress(), octets, now())) {
            turnAway(ends.peer());
            return;
        }
        context.listener().on(new TransferEvent.Refused(ends.peer(), request, refusal));
        if (config.portModes().forPeer(ends.peer()) instanceof PortMode.Fresh) {
            refusals.refuse(ends.peer(), ends.asked(), refusal);
        } else {
            sharedPort.refuse(ends.peer(), refusal); // no other port is sure to reach the client, or to be free
        }
    }

    private long now() {
        return loop.ticker().nanoTime();
    }

    private void drop(DatagramPacket packet, String reason) {
        context.listener().on(new TransferEvent.Dropped(packet.sender(), reason));
    }

    /** Closes the listener, at once or when the last transfer that needs its port has ended. On the event loop. */
    void retire() {
        sharedPort.closeWhenUnused();
    }

    /** Ends what is still running, and tells the peers. On the event loop. */
    void cancelAll(TftpException cause) {
        List.copyOf(children.values()).forEach(child -> child.cancel(cause));
    }
}

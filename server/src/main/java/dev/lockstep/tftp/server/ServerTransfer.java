package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.TransferHandler;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.Transfer;
import dev.lockstep.tftp.transfer.TransferEvent;
import dev.lockstep.tftp.transfer.TransferListener;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One admitted request and what became of it: first a handshake, then a transfer. Used on one event loop, which is
 * the listener's and the child channel's, but where it says otherwise.
 */
final class ServerTransfer {
    /** A client whose transfer moved on and then fell silent for this long has started anew, say after a reboot. */
    private static final long REBOOT = TimeUnit.SECONDS.toNanos(1);

    private static final long NEVER = Long.MIN_VALUE;

    private final InetSocketAddress peer;
    private final Request request;
    private final PortMode mode;
    private final long requestedAt;
    private final TransferQuota admission;
    private final EventLoop loop;
    private final AtomicBoolean left = new AtomicBoolean();
    private volatile Channel channel;
    private AmplificationLimiter gate;
    private volatile TransferHandler transfer;
    private volatile boolean abandoned;
    private volatile long firstWordAt = NEVER;

    /**
     * A request that has not been admitted yet.
     *
     * @param admission of which {@link #leave} gives the place back
     */
    ServerTransfer(
            InetSocketAddress peer,
            Request request,
            PortMode mode,
            long requestedAt,
            TransferQuota admission,
            EventLoop loop) {
        this.peer = peer;
        this.request = request;
        this.mode = mode;
        this.requestedAt = requestedAt;
        this.admission = admission;
        this.loop = loop;
    }

    InetSocketAddress peer() {
        return peer;
    }

    Request request() {
        return request;
    }

    /** Identifies the client for limits, as {@link ClientPrefix} does. */
    long client() {
        return ClientPrefix.of(peer.getAddress());
    }

    PortMode mode() {
        return mode;
    }

    /** The moment of the request, in nanoseconds of the event loop's clock. */
    long requestedAt() {
        return requestedAt;
    }

    /** The first message leaves now. */
    void speaks(long now) {
        firstWordAt = now;
    }

    /** Whether the first message left that long ago; what this side is slow to say nobody could answer. On any thread. */
    boolean hasWaited(long nanos, long now) {
        long since = firstWordAt;
        return since != NEVER && now - since >= nanos;
    }

    /** Whether the handshake is to end without a word. On any thread. */
    boolean isAbandoned() {
        return abandoned;
    }

    /** Nobody waits for the handshake's answer any more. */
    void abandon() {
        abandoned = true;
    }

    /** Its channel is there, and till the peer has answered that gate. */
    void openedThrough(Channel opened, AmplificationLimiter unvalidated) {
        channel = opened;
        gate = unvalidated;
    }

    /** The handshake is done. */
    void started(TransferHandler handler) {
        transfer = handler;
    }

    /**
     * Whether that is the same request again, by a client that has not seen our first message, or a late copy from
     * the network; and not a new one by a client that starts again from the same port.
     */
    boolean isRepeatedBy(Request other, long now) {
        if (!request.equals(other)) {
            return false;
        }
        if (transfer == null) {
            return !abandoned;
        }
        Transfer state = transfer.transfer();
        return !state.hasProgressed() || state.timeSinceProgress(now) < quietTime(state);
    }

    /** A copy of a request can be as late as the client's timer, of which nothing is known unless it was agreed on. */
    private static long quietTime(Transfer state) {
        return state.isFinished() ? Math.max(REBOOT, state.settings().timeout().toNanos()) : REBOOT;
    }

    /** Nanoseconds since the peer last helped the transfer on, or 0 if it is not the peer that is waited for. On any thread. */
    long idleTime(long now) {
        TransferHandler handler = transfer;
        Transfer state = handler == null ? null : handler.transfer();
        return state == null ? 0 : state.idleTime(now);
    }

    /** Whether its end would free what a transfer of that mode needs: any socket, or a port of that range. */
    boolean holdsWhatIsNeededFor(PortMode other) {
        return other instanceof PortMode.Fresh ? !(mode instanceof PortMode.Single) : mode.equals(other);
    }

    /** Calls that when its channel is closed, or at once if it has none. On any thread. */
    void whenClosed(Runnable then) {
        Channel opened = channel;
        if (opened == null) {
            then.run();
        } else {
            opened.closeFuture().addListener(closed -> then.run());
        }
    }

    /** The request came again. */
    void repeat() {
        if (transfer != null) {
            gate.onRequestRepeated();
            transfer.onRequestRepeated();
        }
    }

    /** Another request takes this one's place: not another word of it is sent. */
    void replace() {
        abandon();
        if (transfer != null) {
            transfer.replace();
        }
        leave(); // its place is the new one's
    }

    /** Ends it, and tells the peer. */
    void cancel(TftpException cause) {
        abandon();
        if (transfer != null) {
            transfer.cancel(cause);
        }
    }

    /** The listener, told also of the end: an upload that dallies after it is not counted as running. */
    TransferListener watchedBy(TransferListener listener, EvictionQueue dallying, boolean blackHole) {
        return event -> {
            if (event instanceof TransferEvent.Ended) {
                leave();
                if (request instanceof WriteRequest
                        && channel.isOpen()
                        && !transfer.transfer().isClosed()) {
                    dallying.add(this);
                }
            }
            listener.on(event instanceof TransferEvent.Ended ended && blackHole ? ended.afterBlackHole() : event);
        };
    }

    /** Ends it without another word, to make room for others. On any thread. */
    void evict() {
        leave();
        if (loop.inEventLoop()) {
            end();
        } else {
            loop.execute(this::end);
        }
    }

    private void end() {
        abandon();
        if (transfer != null) {
            transfer.evict();
        } else if (channel != null) {
            channel.close();
        }
    }

    /** It gives back its place, if it has one. On any thread. */
    void leave() {
        if (left.compareAndSet(false, true)) {
            admission.leave(this);
        }
    }
}

package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.TransferHandler;
import dev.lockstep.tftp.codec.TftpMessage.Request;
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
final class Child {
    /** A client whose transfer moved on and then fell silent for this long has started anew, say after a reboot. */
    private static final long REBOOT = TimeUnit.SECONDS.toNanos(1);

    private static final long NEVER = Long.MIN_VALUE;

    private final InetSocketAddress peer;
    private final Request request;
    private final long requestedAt;
    private final Admission admission;
    private final EventLoop loop;
    private final AtomicBoolean left = new AtomicBoolean();
    private Channel channel;
    private UnansweredGate gate;
    private TransferHandler transfer;
    private volatile boolean abandoned;
    private volatile long firstWordAt = NEVER;

    /** The peer has been admitted; {@link #leave} takes that back. */
    Child(InetSocketAddress peer, Request request, long requestedAt, Admission admission, EventLoop loop) {
        this.peer = peer;
        this.request = request;
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
    void openedThrough(Channel opened, UnansweredGate unanswered) {
        channel = opened;
        gate = unanswered;
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
        return state.isFinished() || !state.hasProgressed() || state.quietFor(now) < REBOOT;
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

    /** The listener, told also of the end: what lingers after it is not counted as running. */
    TransferListener watchedBy(TransferListener listener) {
        return event -> {
            if (event instanceof TransferEvent.Ended) {
                leave();
            }
            listener.on(event);
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

    /** It no longer counts as running. On any thread. */
    void leave() {
        if (left.compareAndSet(false, true)) {
            admission.leave(peer.getAddress());
        }
    }
}

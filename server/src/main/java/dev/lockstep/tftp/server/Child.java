package dev.lockstep.tftp.server;

import dev.lockstep.tftp.channel.TransferHandler;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.transfer.TftpException;
import dev.lockstep.tftp.transfer.Transfer;
import dev.lockstep.tftp.transfer.TransferEvent;
import dev.lockstep.tftp.transfer.TransferListener;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * One admitted request and what became of it: first a handshake, then a transfer. Used on one event loop, which is
 * the listener's and the child channel's.
 */
final class Child {
    /** A client whose transfer moved on and then fell silent for this long has started anew, say after a reboot. */
    private static final long REBOOT = TimeUnit.SECONDS.toNanos(1);

    private final InetSocketAddress peer;
    private final Request request;
    private final long requestedAt;
    private final Admission admission;
    private TransferHandler transfer;
    private boolean abandoned;
    private boolean left;

    /** The peer has been admitted; {@link #leave} takes that back. */
    Child(InetSocketAddress peer, Request request, long requestedAt, Admission admission) {
        this.peer = peer;
        this.request = request;
        this.requestedAt = requestedAt;
        this.admission = admission;
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

    /** Whether the handshake is to end without a word. */
    boolean isAbandoned() {
        return abandoned;
    }

    /** Nobody waits for the handshake's answer any more. */
    void abandon() {
        abandoned = true;
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

    /** It no longer counts as running. */
    void leave() {
        if (!left) {
            left = true;
            admission.leave(peer.getAddress());
        }
    }
}

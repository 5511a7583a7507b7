package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.event.TransferStats;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import java.net.PortUnreachableException;

/**
 * The common part of {@link Sender} and {@link Receiver}: errors, timeouts and the end. A transfer is single-threaded:
 * its owner calls all methods on one thread, except where a method says otherwise, and passes in the time in
 * nanoseconds.
 *
 * <p>The result is reported once, by {@link Wire#finish}. A transfer may dally after that to repeat a lost last ACK. It
 * calls {@link Wire#close} when it sends nothing more.
 */
public abstract sealed class Transfer permits Sender, Receiver {
    final Wire wire;
    final TransferSettings settings;
    final RetransmissionTimer timer;
    final TransferCounters stats;
    private final long idleTimeout;
    /** Idle timeout for a first block that may be too large for the path; at most {@link #idleTimeout}. */
    private final long firstBlockTimeout;

    private long lastProgress;
    private long longestPause;
    private boolean finished;
    private boolean closed;

    Transfer(Wire wire, TransferSettings settings, TransferLimits limits, RetransmissionTimer timer, long now) {
        this.wire = wire;
        this.settings = settings;
        this.timer = timer;
        this.stats = new TransferCounters(now);
        long minIdleTimeout = limits.minIdleTimeout(settings).toNanos();
        this.idleTimeout = Math.max(limits.idleTimeout().toNanos(), minIdleTimeout);
        long first = limits.firstBlockTimeout().toNanos();
        boolean isTrial = first > 0 && PmtuBlackHole.isPossible(settings);
        this.firstBlockTimeout = isTrial ? Math.min(idleTimeout, Math.max(first, minIdleTimeout)) : idleTimeout;
        this.lastProgress = now;
    }

    /**
     * Sends the opening message, if this side sends first. Called once, before any other method.
     *
     * @param now the current time in nanoseconds
     */
    public final void start(long now) {
        restartIdleTimer(now); // opening the file on this side may have taken long
        open(now);
    }

    /**
     * Processes a message from the peer and takes over the reference of a {@code Data}.
     *
     * @param message the decoded message
     * @param now the current time in nanoseconds
     */
    public final void receive(TftpMessage message, long now) {
        try {
            if (message instanceof ErrorMessage error) {
                if (!finished) {
                    TftpException cause = TftpException.fromPeer(error);
                    end(outcomeOf(cause), cause, now); // an ERROR is never answered with an ERROR
                }
            } else if (!closed) {
                onMessage(message, now);
            }
        } finally {
            if (message instanceof Data data) {
                data.release();
            }
        }
    }

    /**
     * Called when the deadline of the last {@link Wire#awaitReply} has passed.
     *
     * @param now the current time in nanoseconds
     */
    public final void onDeadline(long now) {
        if (closed) {
            return;
        }
        if (!finished && isAwaitingPeer() && now - lastProgress >= idleLimit()) {
            onIdleTimeout(TftpException.timedOut(), now);
        } else {
            onTimeout(now);
        }
    }

    /**
     * Called when the file, which had no block or no room, is ready again.
     *
     * @param now the current time in nanoseconds
     */
    public final void resume(long now) {
        if (!finished) {
            onResume(now);
        }
    }

    /**
     * Called when the peer repeats its request because it has not received the first message of this side.
     *
     * @param now the current time in nanoseconds
     */
    public final void onRequestRepeated(long now) {
        if (!closed) {
            stats.duplicates++;
            repeatOpening(now);
        }
    }

    /**
     * Called when the peer's port is unreachable. Ends the transfer without an ERROR, because the peer cannot receive
     * it.
     *
     * @param now the current time in nanoseconds
     */
    public final void peerGone(long now) {
        if (finished) {
            close();
        } else {
            TftpException cause = new TftpException(
                    ErrorCode.NOT_DEFINED, "peer is gone (port unreachable)", new PortUnreachableException());
            end(outcomeOfTimeout(), cause, now);
        }
    }

    /**
     * Ends the transfer without an ERROR because another request replaced it.
     *
     * @param now the current time in nanoseconds
     */
    public final void replaced(long now) {
        if (finished) {
            close();
        } else {
            Outcome outcome = outcomeOfTimeout() == Outcome.UNCONFIRMED ? Outcome.UNCONFIRMED : Outcome.REPLACED;
            end(outcome, new TftpException(ErrorCode.NOT_DEFINED, "replaced by a new request"), now);
        }
    }

    /**
     * Ends the transfer in favour of another one. A peer that has never replied gets no ERROR, because its source
     * address may be spoofed.
     *
     * @param now the current time in nanoseconds
     */
    public final void evicted(long now) {
        TftpException cause = new TftpException(ErrorCode.NOT_DEFINED, "evicted in favour of a new request");
        if (finished) {
            close();
        } else if (hasProgressed()) {
            onIdleTimeout(cause, now);
        } else {
            end(Outcome.EVICTED, cause, now);
        }
    }

    /**
     * Ends the transfer because of a failure of this side and reports it to the peer. After the end, it only closes.
     *
     * @param cause the failure; no ERROR is sent if it is from the peer
     * @param now the current time in nanoseconds
     */
    public final void fail(TftpException cause, long now) {
        if (finished) {
            close();
            return;
        }
        if (!cause.isFromPeer()) {
            wire.send(cause.toMessage());
        }
        end(Outcome.FAILED, cause, now);
    }

    /** {@return the negotiated settings} */
    public final TransferSettings settings() {
        return settings;
    }

    /** {@return the counters, which change while the transfer runs} */
    public final TransferStats stats() {
        return stats;
    }

    /** Counts a datagram from the peer that was not TFTP. */
    public final void countMalformed() {
        stats.malformed++;
    }

    /** {@return whether the result is final} */
    public final boolean isFinished() {
        return finished;
    }

    /** {@return whether the result is final and the transfer does not dally any more} */
    public final boolean isClosed() {
        return closed;
    }

    /**
     * {@return the nanoseconds since the last progress}
     *
     * @param now the current time in nanoseconds
     */
    public final long timeSinceProgress(long now) {
        return now - lastProgress;
    }

    /** {@return the longest wait for progress of the peer so far, also for its first reply, in nanoseconds} */
    public final long longestPause() {
        return longestPause;
    }

    /**
     * {@return the nanoseconds since the last progress if the transfer waits for the peer, otherwise 0} Other threads
     * get a recent value.
     *
     * @param now the current time in nanoseconds
     */
    @ThreadSafe
    public final long idleTime(long now) {
        return !finished && isAwaitingPeer() ? now - lastProgress : 0;
    }

    /** {@return whether the peer has replied to anything yet} */
    public abstract boolean hasProgressed();

    abstract void open(long now);

    /** Processes a message other than an ERROR. The caller releases a {@code Data} afterwards. */
    abstract void onMessage(TftpMessage message, long now);

    abstract void onTimeout(long now);

    abstract void onResume(long now);

    abstract void repeatOpening(long now);

    /**
     * Returns whether the transfer waits for the peer. A slow disk of this side does not count for the idle timeout.
     */
    abstract boolean isAwaitingPeer();

    /** Returns the outcome if the peer is not heard from again. */
    Outcome outcomeOfTimeout() {
        return Outcome.FAILED;
    }

    /** Returns the outcome if the peer ends the transfer with an ERROR. */
    abstract Outcome outcomeOf(TftpException fromPeer);

    /** Releases the buffers kept for retransmission, if any. */
    void releaseAll() {}

    final void progress(long now) {
        longestPause = Math.max(longestPause, now - lastProgress);
        lastProgress = now;
    }

    /** Restarts the idle timeout. */
    final void restartIdleTimer(long now) {
        lastProgress = now;
    }

    /**
     * Waits for the peer until the timeout or the idle timeout, whichever comes first, however often the peer repeats
     * itself.
     */
    final void awaitPeer(long now, long wait) {
        wire.awaitReply(now + Math.min(wait, Math.max(0, lastProgress + idleLimit() - now)));
    }

    /** Reports the result. The transfer may still dally. */
    final void finish(Outcome outcome, TftpException cause, long now) {
        finished = true;
        stats.markEnd(now);
        releaseAll();
        wire.finish(outcome, cause);
    }

    final void close() {
        if (!closed) {
            closed = true;
            wire.awaitReply(Wire.NEVER);
            wire.close();
        }
    }

    /** Reports the result and closes the transfer. */
    final void end(Outcome outcome, TftpException cause, long now) {
        finish(outcome, cause, now);
        close();
    }

    /**
     * Returns the idle timeout that applies now. A message that was sent only once proves nothing about the path,
     * however late this machine runs, so the shorter timeout for the first block applies only after a retransmission.
     */
    private long idleLimit() {
        return hasProgressed() || stats.resends == 0 ? idleTimeout : firstBlockTimeout;
    }

    private void onIdleTimeout(TftpException cause, long now) {
        Outcome outcome = outcomeOfTimeout();
        boolean isTrial = idleLimit() < idleTimeout; // report it: another transfer can try smaller blocks
        if (outcome == Outcome.FAILED || isTrial) {
            fail(cause, now);
        } else {
            end(outcome, cause, now);
        }
    }
}

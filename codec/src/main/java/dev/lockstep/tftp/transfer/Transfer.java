package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;

/**
 * What both kinds of transfer share: errors, silence, the end. A transfer is single-threaded by contract: whoever
 * owns it calls all its methods on one thread, and hands the time in.
 *
 * <p>The result is reported once by {@link Wire#finish}; a transfer may stay after it to repeat a lost last ACK, and
 * says by {@link Wire#close} that nothing more will come.
 */
public abstract sealed class Transfer permits Sender, Receiver {
    final Wire wire;
    final TransferSettings settings;
    final RetransmissionTimer timer;
    final TransferStats stats;
    private final long idleTimeout;
    /** For a first block that may be too large for the path: no more than the one for all. */
    private final long firstBlockTimeout;

    private long lastProgress;
    private boolean finished;
    private boolean closed;

    Transfer(Wire wire, TransferSettings settings, Limits limits, RetransmissionTimer timer, long now) {
        this.wire = wire;
        this.settings = settings;
        this.timer = timer;
        this.stats = new TransferStats(now);
        long someResends = limits.someResends(settings).toNanos();
        this.idleTimeout = Math.max(limits.idleTimeout().toNanos(), someResends);
        long first = limits.firstBlockTimeout().toNanos();
        boolean onTrial = first > 0 && PmtuBlackHole.isPossible(settings);
        this.firstBlockTimeout = onTrial ? Math.min(idleTimeout, Math.max(first, someResends)) : idleTimeout;
        this.lastProgress = now;
    }

    /** Says the first word, if it is ours. Called once, before anything else. */
    public final void start(long now) {
        restartSilence(now); // our own disk may have taken long to open the file
        open(now);
    }

    /** Takes a message from the peer; takes over the reference of a {@code Data}. */
    public final void receive(TftpMessage message, long now) {
        if (message instanceof ErrorMessage error) {
            if (!finished) {
                TftpException cause = TftpException.fromPeer(error);
                end(outcomeOf(cause), cause, now); // and never an ERROR for an ERROR
            }
        } else if (!closed) {
            onMessage(message, now);
        }
        if (message instanceof Data data) {
            data.release();
        }
    }

    /** The moment of the last {@link Wire#awaitReply} has passed. */
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

    /** The file's side, which had nothing to give or no room, is ready again. */
    public final void resume(long now) {
        if (!finished) {
            onResume(now);
        }
    }

    /** The peer repeats its request: it has not seen our first message. */
    public final void onRequestRepeated(long now) {
        if (!closed) {
            stats.duplicates++;
            repeatOpening(now);
        }
    }

    /** The peer's port is gone: nobody is left to be told. */
    public final void peerGone(long now) {
        if (finished) {
            close();
        } else {
            TftpException cause = new TftpException(ErrorCode.NOT_DEFINED, "peer is gone (port unreachable)");
            end(outcomeOfSilence(), cause, now);
        }
    }

    /** Another request took this transfer's place: it ends without another word. */
    public final void replaced(long now) {
        if (finished) {
            close();
        } else {
            Outcome outcome = outcomeOfSilence() == Outcome.UNCONFIRMED ? Outcome.UNCONFIRMED : Outcome.REPLACED;
            end(outcome, new TftpException(ErrorCode.NOT_DEFINED, "replaced by a new request"), now);
        }
    }

    /** Others need the room. A peer that has never answered is not told, since it may be nobody. */
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

    /** Something failed on this side: tells the peer and ends. After the end it only closes. */
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

    /** What has been agreed on. */
    public final TransferSettings settings() {
        return settings;
    }

    /** The counters, live. */
    public final TransferStats stats() {
        return stats;
    }

    /** Whether the result stands. */
    public final boolean isFinished() {
        return finished;
    }

    /** Whether it has left: the result stands, and it lingers no more. */
    public final boolean isClosed() {
        return closed;
    }

    /** Returns the nanoseconds since the last progress. */
    public final long timeSinceProgress(long now) {
        return now - lastProgress;
    }

    /**
     * Returns the nanoseconds since the peer last helped this transfer on, or 0 if it is not the peer that is waited for. On
     * any thread, where it gives a recent value.
     */
    public final long idleTime(long now) {
        return !finished && isAwaitingPeer() ? now - lastProgress : 0;
    }

    /** Whether the peer has answered anything yet. */
    public abstract boolean hasProgressed();

    abstract void open(long now);

    /** A message that is no ERROR; a {@code Data} is released after this returns. */
    abstract void onMessage(TftpMessage message, long now);

    abstract void onTimeout(long now);

    abstract void onResume(long now);

    abstract void repeatOpening(long now);

    /** Whether the next word is the peer's: our own slow disk is not the peer's silence. */
    abstract boolean isAwaitingPeer();

    /** What it means if the peer is never heard again. */
    Outcome outcomeOfSilence() {
        return Outcome.FAILED;
    }

    /** What it means that the peer ends it with this. */
    abstract Outcome outcomeOf(TftpException fromPeer);

    /** Gives back what is held for resends, if anything is. */
    void releaseAll() {}

    final void progress(long now) {
        lastProgress = now;
    }

    /** The clock of the peer's silence starts anew. */
    final void restartSilence(long now) {
        lastProgress = now;
    }

    /** Waits for the peer, but no longer than it may go without progress, however often it repeats itself. */
    final void awaitPeer(long now, long wait) {
        wire.awaitReply(now + Math.min(wait, Math.max(0, lastProgress + idleLimit() - now)));
    }

    /** Reports the result; the transfer may linger. */
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

    /** Reports the result and leaves. */
    final void end(Outcome outcome, TftpException cause, long now) {
        finish(outcome, cause, now);
        close();
    }

    /** What went only once says nothing, however late this machine is. */
    private long idleLimit() {
        return hasProgressed() || stats.resends == 0 ? idleTimeout : firstBlockTimeout;
    }

    private void onIdleTimeout(TftpException cause, long now) {
        Outcome outcome = outcomeOfSilence();
        boolean onTrial = idleLimit() < idleTimeout; // the peer is to know that there is another try
        if (outcome == Outcome.FAILED || onTrial) {
            fail(cause, now);
        } else {
            end(outcome, cause, now);
        }
    }
}

package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.buffer.ByteBuf;

/**
 * Sends DATA, a window at a time, and receives ACKs (RFC 1350, section 4; RFC 7440). Lock-step is a window of 1.
 *
 * <pre>
 *   ... acked │ acked+1 ... next-1 │ next ... sent │ sent+1 ...          blocks, counted from 1 in 64 bits
 *     done    │     in flight      │     to be     │ not sent yet
 *             │                    │ retransmitted │
 *             └──────── at most windowsize ─────────┘
 * </pre>
 */
public final class Sender extends Transfer {
    private final BlockSource blocks;
    private final OptionAck oack;
    /** The blocks acked+1 to sent. */
    private final BlockWindow window;

    private final BurstController burst;

    private SendPhase phase = SendPhase.SENDING;
    private long acked;
    private long next = 1;
    private long sent;
    private long last = Long.MAX_VALUE;

    /**
     * Creates a sender. It does nothing before {@link #start}.
     *
     * @param wire sends the messages and is told of the result
     * @param settings the negotiated settings
     * @param limits the timeouts of this side
     * @param timer measures round trips and determines timeouts; used by this transfer only
     * @param oack the OACK to send first, which the peer acknowledges with ACK 0; null to begin with DATA 1
     * @param blocks supplies the blocks of the file
     * @param now the time of the request, in nanoseconds
     */
    public Sender(
            Wire wire,
            TransferSettings settings,
            TransferLimits limits,
            RetransmissionTimer timer,
            OptionAck oack,
            BlockSource blocks,
            long now) {
        super(wire, settings, limits, timer, now);
        this.blocks = blocks;
        this.oack = oack;
        this.window = new BlockWindow(settings.windowsize());
        this.burst = new BurstController(settings.windowsize());
        timer.expectReplyTo(settings.windowsize());
    }

    @Override
    void open(long now) {
        if (oack == null) {
            fill(now);
            return;
        }
        phase = SendPhase.OPENING;
        wire.send(oack);
        timer.sent(0, now);
        awaitPeer(now, timer.timeout());
    }

    @Override
    void onMessage(TftpMessage message, long now) {
        if (message instanceof Ack ack && !isFinished()) {
            if (phase == SendPhase.OPENING) {
                onOpeningAck(ack, now);
            } else {
                onAck(ack, now);
            }
        }
    }

    private void onOpeningAck(Ack ack, long now) {
        if (ack.block() != 0) {
            stats.duplicates++;
            return; // an ACK of another transfer: the timer repeats the OACK, and block n+1 is not sent
        }
        phase = SendPhase.SENDING;
        timer.answered(0, now);
        progress(now);
        fill(now);
    }

    private void onAck(Ack ack, long now) {
        long distance = BlockNumber.distance(acked, ack.block(), settings.rollover());
        if (distance == 0 || distance > sent - acked) {
            // a late duplicate, or an ACK of a block that was never sent: an answer would double every further block
            // (RFC 1123, 4.2.3.1), and a repeated ACK must not start the same window twice
            stats.duplicates++;
            if (distance == 0 && window.size() == 1) {
                timer.duplicate(now);
            }
            return;
        }
        for (long n = acked + 1; n <= acked + distance; n++) {
            stats.bytes += window.drop(n);
        }
        acked += distance;
        stats.blocks = acked;
        progress(now);
        timer.answered(acked, now);
        if (acked == last) {
            end(Outcome.COMPLETE, null, now);
            return;
        }
        burst.onAck(distance);
        next = acked + 1;
        if (next <= sent) {
            timer.onGapAck(next, now); // an ACK inside the window: this block was lost (RFC 7440, section 4)
            timer.expectReplyTo(1);
        } else {
            timer.expectReplyTo(window.size());
        }
        fill(now);
    }

    /** Sends the blocks that the window has room for, at most one burst, and sets the next deadline. */
    private void fill(long now) {
        long sentBefore = sent;
        phase = SendPhase.SENDING;
        phase = sendBurst(now);
        if (phase == SendPhase.PAUSING) {
            wire.awaitReply(now + timer.pause());
            return;
        }
        timer.resumed(now);
        if (phase == SendPhase.STARVED || !isAwaitingPeer()) {
            // a part of a window is not acknowledged: this side sends next, when there is more to send
            wire.awaitReply(Wire.NEVER);
            return;
        }
        if (sent > sentBefore) {
            timer.sent(sentBefore + 1, now);
        }
        awaitPeer(now, timer.timeout());
    }

    /** Sends one burst and returns the phase that follows. */
    private SendPhase sendBurst(long now) {
        int left = burst.limit();
        while (next <= last && next - acked <= window.size()) {
            if (left-- == 0) {
                return SendPhase.PAUSING;
            }
            if (!sendNext(now)) {
                return SendPhase.STARVED;
            }
        }
        return SendPhase.SENDING;
    }

    /** Sends block {@code next}; returns false if it has not been read yet. */
    private boolean sendNext(long now) {
        ByteBuf block;
        if (next > sent) {
            block = blocks.poll();
            if (block == null) {
                return false;
            }
            window.put(next, block);
            sent = next;
            if (block.readableBytes() < settings.blksize()) {
                last = next;
            }
            stats.markFirstByte(now);
        } else {
            block = window.get(next);
            stats.resends++;
        }
        wire.send(new Data(BlockNumber.of(next, settings.rollover()), block.retain()));
        next++;
        return true;
    }

    @Override
    void onTimeout(long now) {
        if (isFinished()) {
            return;
        }
        if (phase == SendPhase.PAUSING) {
            fill(now);
            return;
        }
        timer.backOff();
        if (phase == SendPhase.OPENING) {
            repeatOpening(now);
            awaitPeer(now, timer.timeout());
        } else {
            burst.onTimeout();
            timer.resent(now);
            next = acked + 1;
            fill(now);
        }
    }

    @Override
    void onResume(long now) {
        if (phase == SendPhase.STARVED) {
            restartIdleTimer(now); // the peer had nothing to acknowledge
            fill(now);
        }
    }

    @Override
    void repeatOpening(long now) {
        if (phase == SendPhase.OPENING) {
            stats.resends++;
            timer.resent(now);
            wire.send(oack);
        } else if (oack == null && acked == 0 && sent > 0) {
            stats.resends++;
            timer.resent(now);
            wire.send(new Data(1, window.get(1).retain()));
        }
    }

    @Override
    public boolean hasProgressed() {
        return oack == null ? acked > 0 : phase != SendPhase.OPENING;
    }

    @Override
    boolean isAwaitingPeer() {
        return phase == SendPhase.OPENING || sent > acked;
    }

    @Override
    Outcome outcomeOfTimeout() {
        if (phase == SendPhase.OPENING) {
            return Outcome.PROBE;
        }
        return isOnlyLastUnacknowledged() ? Outcome.UNCONFIRMED : Outcome.FAILED;
    }

    @Override
    Outcome outcomeOf(TftpException fromPeer) {
        if (phase == SendPhase.OPENING) {
            return Outcome.PROBE;
        }
        if (fromPeer.is(ErrorCode.NOT_DEFINED)) {
            return isOnlyLastUnacknowledged() ? Outcome.UNCONFIRMED : Outcome.STOPPED;
        }
        return Outcome.FAILED;
    }

    /**
     * Returns whether only the last block is unacknowledged, so that the peer may have the whole file. If more than one
     * block is unacknowledged, it is unknown whether any of them arrived.
     */
    private boolean isOnlyLastUnacknowledged() {
        return acked == last - 1;
    }

    @Override
    void releaseAll() {
        window.releaseAll();
    }
}

package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.buffer.ByteBuf;

/**
 * Receives DATA and sends ACKs (RFC 1350, section 4; RFC 7440). An ACK is sent at the end of each window, once for a
 * gap, and by the timer. The last ACK is sent when the file is durable; if that fails, an ERROR is sent instead. The
 * receiver then dallies, in case that message is lost.
 *
 * <pre>
 *   ... acked │ acked+1 ... received │ received+1 ...          blocks, counted from 1 in 64 bits
 *             │ stored, no ACK sent  │  expected
 * </pre>
 */
public final class Receiver extends Transfer {
    private final BlockSink store;
    private final TftpMessage opening;
    private final long dally;
    private final boolean exactSize;
    private final ReorderBuffer early;

    private ReceivePhase phase = ReceivePhase.RECEIVING;
    private int rollover;
    private long acked;
    private long received;
    private boolean gapReported;
    private boolean ackDeferred;
    private long dallyUntil;
    /** The ERROR sent in place of the last ACK; null unless the file could not be stored. */
    private ErrorMessage refusal;

    /**
     * Creates a receiver. It does nothing before {@link #start}.
     *
     * @param wire sends the messages and is told of the result
     * @param settings the negotiated settings
     * @param limits the timeouts of this side
     * @param timer measures round trips and determines timeouts; used by this transfer only
     * @param opening the OACK or ACK 0 to send first and until DATA 1 is received; null if DATA 1 has been received
     *     already
     * @param store stores the blocks
     * @param now the time of the request, in nanoseconds
     */
    public Receiver(
            Wire wire,
            TransferSettings settings,
            TransferLimits limits,
            RetransmissionTimer timer,
            TftpMessage opening,
            BlockSink store,
            long now) {
        super(wire, settings, limits, timer, now);
        this.opening = opening;
        this.store = store;
        this.rollover = settings.rollover();
        this.early = new ReorderBuffer(settings.windowsize());
        this.exactSize = limits.exactSize();
        this.dally = limits.dallyFor(settings).toNanos();
    }

    @Override
    void open(long now) {
        sendLast(now);
        if (opening != null) {
            timer.sent(1, now);
        }
    }

    @Override
    void onMessage(TftpMessage message, long now) {
        if (message instanceof Data data) {
            onData(data, now);
        } else if (message instanceof OptionAck && phase == ReceivePhase.RECEIVING && opening instanceof Ack) {
            stats.duplicates++; // the reply to the first OACK was lost
            if (!ackDeferred) {
                repeatLast(now);
            }
        }
    }

    private void onData(Data data, long now) {
        long distance = distance(data);
        if (phase != ReceivePhase.RECEIVING) {
            stats.duplicates++;
            if (phase == ReceivePhase.DALLYING && isOfLastWindow(data.block())) {
                repeatLast(now); // for each one: the sender has nothing else to send, and the block may be lost again
            }
        } else if (data.content().readableBytes() > settings.blksize()) {
            String text = "block longer than the negotiated " + settings.blksize() + " bytes";
            fail(new TftpException(ErrorCode.ILLEGAL_OPERATION, text), now);
        } else if (distance == 1) {
            accept(data.content(), now);
            early.passOn(received, block -> accept(block, now));
        } else if (distance > 1 && distance <= settings.windowsize()) {
            early.keep(received + distance, data.content());
            reportGap(now);
        } else {
            onOldBlock(distance, now);
        }
    }

    private boolean isOfLastWindow(int block) {
        long before = Math.max(0, received - settings.windowsize());
        long place = BlockNumber.distance(before, block, rollover);
        return place > 0 && place <= received - before;
    }

    /**
     * Returns the distance as {@link BlockNumber#distance} does. A lock-step peer that continues with 1 after 65535
     * changes the rollover once.
     */
    private long distance(Data data) {
        if (received == BlockNumber.MAX && data.block() == 1 && settings.windowsize() == 1) {
            rollover = 1;
        }
        return BlockNumber.distance(received, data.block(), rollover);
    }

    private void accept(ByteBuf content, long now) {
        if (phase != ReceivePhase.RECEIVING) {
            return; // there are no blocks after the last one
        }
        int length = content.readableBytes();
        received++;
        gapReported = false;
        stats.blocks = received;
        stats.bytes += length;
        stats.markFirstByte(now);
        timer.answered(received, now);
        progress(now);
        boolean last = length < settings.blksize();
        if (last) {
            phase = ReceivePhase.COMMITTING;
            ackDeferred = false; // the last block is acknowledged when the file is durable
            wire.awaitReply(Wire.NEVER);
            if (exactSize && settings.isSizeOtherThan(stats.bytes)) {
                String text = stats.bytes + " bytes received (expected: " + settings.tsize() + ", as announced)";
                storeFailed(new TftpException(ErrorCode.NOT_DEFINED, text), now);
                return;
            }
        }
        store.offer(content);
        if (last) {
            store.commit();
        } else if (received - acked == settings.windowsize()) {
            acknowledge(now);
        } else {
            // the rest of a window follows at once, so this side requests it before the sender's timer expires
            // (RFC 7440, section 4): an adaptive sender waits longer for the ACK of a window, one with the same
            // negotiated timeout does not
            awaitPeer(now, timer.isAdaptive() ? timer.timeout() : timer.timeout() / 2);
        }
    }

    /**
     * Sends one ACK for each gap: the sender continues after the acknowledged block, and the blocks that it has sent in
     * the meantime are not answered.
     */
    private void reportGap(long now) {
        stats.duplicates++;
        if (gapReported) {
            return;
        }
        gapReported = true;
        if (received > 0) {
            acknowledge(now);
        } else {
            wire.send(new Ack(0));
        }
        timer.onGapAck(received + 1, now); // the block may only be late
    }

    /**
     * Repeats the last ACK if this is the block that was acknowledged last: that ACK was lost. Any other old block
     * belongs to a retransmitted window and is not answered.
     */
    private void onOldBlock(long distance, long now) {
        stats.duplicates++;
        if (distance == 0
                && received > 0
                && received == acked
                && !ackDeferred
                && !early.takeExpectedDuplicate(received)) {
            repeatLast(now);
        }
    }

    /** Acknowledges all received blocks, or defers the ACK until there is room for more. */
    private void acknowledge(long now) {
        acked = received;
        ackDeferred = !store.requestRoom();
        if (ackDeferred) {
            wire.awaitReply(Wire.NEVER);
        } else {
            sendLast(now);
            timer.sent(received + 1, now);
        }
    }

    private void repeatLast(long now) {
        stats.resends++;
        timer.resent(now);
        sendLast(now);
    }

    /**
     * Sends the message that awaits a reply: the opening message, then the ACK of what has been received, at the end
     * possibly an ERROR.
     */
    private void sendLast(long now) {
        if (refusal != null) {
            wire.send(refusal);
        } else if (received > 0 || opening != null) {
            wire.send(received > 0 ? new Ack(BlockNumber.of(acked, rollover)) : opening);
        }
        if (phase == ReceivePhase.DALLYING) {
            wire.awaitReply(dallyUntil);
        } else {
            awaitPeer(now, ackTimeout());
        }
    }

    /**
     * Returns how long to wait before the ACK is repeated. In lock-step the sender's timer is enough: an unneeded ACK
     * makes some senders send every block twice.
     */
    private long ackTimeout() {
        boolean senderFirst = settings.windowsize() == 1 && settings.timeout().isZero();
        return (senderFirst ? 2 : 1) * timer.timeout();
    }

    /**
     * Called when the store has made the file durable.
     *
     * @param now the current time in nanoseconds
     */
    public void stored(long now) {
        if (phase == ReceivePhase.COMMITTING && !isFinished()) {
            dally(Outcome.COMPLETE, null, now);
        }
    }

    /**
     * Called when the store has failed. If all blocks have been received, the ERROR takes the place of the last ACK and
     * is repeated like it. A sender that receives neither considers the file stored.
     *
     * @param cause the failure of the store
     * @param now the current time in nanoseconds
     */
    public void storeFailed(TftpException cause, long now) {
        if (phase == ReceivePhase.COMMITTING && !isFinished()) {
            refusal = cause.toMessage();
            dally(Outcome.FAILED, cause, now);
        } else {
            fail(cause, now);
        }
    }

    private void dally(Outcome outcome, TftpException cause, long now) {
        phase = ReceivePhase.DALLYING;
        acked = received;
        dallyUntil = now + dally; // duplicates do not move it, or a peer could keep this TID open forever
        sendLast(now);
        finish(outcome, cause, now);
    }

    @Override
    void onTimeout(long now) {
        if (phase == ReceivePhase.DALLYING) {
            close();
        } else if (isAwaitingPeer()) {
            timer.backOff();
            gapReported = false;
            boolean repeated = acked == received;
            acked = received;
            repeatLast(now);
            if (!repeated) {
                timer.onGapAck(received + 1, now);
            }
        }
    }

    @Override
    void onResume(long now) {
        if (ackDeferred && store.requestRoom()) {
            restartIdleTimer(now); // the peer was waiting for this side
            acknowledge(now);
        }
    }

    @Override
    void repeatOpening(long now) {
        if (phase == ReceivePhase.DALLYING || received == 0) {
            repeatLast(now);
        }
    }

    @Override
    void releaseAll() {
        early.releaseAll();
    }

    @Override
    public boolean hasProgressed() {
        return received > 0;
    }

    @Override
    boolean isAwaitingPeer() {
        return phase == ReceivePhase.RECEIVING && !ackDeferred;
    }

    @Override
    Outcome outcomeOf(TftpException fromPeer) {
        boolean refusesOptions = received == 0 && opening instanceof OptionAck;
        return refusesOptions && fromPeer.is(ErrorCode.OPTION_REFUSED) ? Outcome.PROBE : Outcome.FAILED;
    }
}

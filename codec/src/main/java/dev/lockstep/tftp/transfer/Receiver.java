package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import io.netty.buffer.ByteBuf;

/**
 * DATA in, ACKs out (RFC 1350, section 4; RFC 7440). An ACK is sent at the end of each window, once for a gap, and by
 * the timer. The last one is sent when the file is durable, or an ERROR if it cannot be; then the receiver dallies in
 * case that got lost.
 *
 * <pre>
 *   ... acked │ acked+1 ... received │ received+1 ...          blocks, counted from 1 in 64 bits
 *             │  stored, no ACK yet  │  expected
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
    private boolean ackHeldBack;
    private long leaveAt;
    /** Sent in place of the last ACK; null unless the file could not be stored. */
    private ErrorMessage refusal;

    /**
     * A receiver that has done nothing yet.
     *
     * @param opening the OACK or ACK 0 to send first and until DATA 1 comes; null if DATA 1 is here already
     */
    public Receiver(
            Wire wire,
            TransferSettings settings,
            Limits limits,
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
            stats.duplicates++; // our answer to it was lost
            if (!ackHeldBack) {
                repeatLast(now);
            }
        }
    }

    private void onData(Data data, long now) {
        long distance = distance(data);
        if (phase != ReceivePhase.RECEIVING) {
            stats.duplicates++;
            if (phase == ReceivePhase.DALLYING && isOfLastWindow(data.block())) {
                repeatLast(now); // for each: the sender has nothing more to send, and the last block may be lost again
            }
        } else if (data.content().readableBytes() > settings.blksize()) {
            String text = "block longer than the " + settings.blksize() + " octets agreed on";
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

    /** As {@link BlockNumber#distance}; learns once from a lock-step peer that 1 follows 65535. */
    private long distance(Data data) {
        if (received == BlockNumber.MAX && data.block() == 1 && settings.windowsize() == 1) {
            rollover = 1;
        }
        return BlockNumber.distance(received, data.block(), rollover);
    }

    private void accept(ByteBuf content, long now) {
        if (phase != ReceivePhase.RECEIVING) {
            return; // no file has blocks after its last
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
            ackHeldBack = false; // what acknowledges the last block is the durable file
            wire.awaitReply(Wire.NEVER);
            if (exactSize && settings.isSizeOtherThan(stats.bytes)) {
                String text = stats.bytes + " octets came (expected: " + settings.tsize() + ", as announced)";
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
            // the rest of a window follows at once, and this side asks for it before the sender's timer does (RFC 7440,
            // section 4): an adaptive sender waits longer for the ACK of a window, one with the same agreed timeout
            // does not
            awaitPeer(now, timer.isAdaptive() ? timer.timeout() : timer.timeout() / 2);
        }
    }

    /** Once for each loss: the sender starts again there, and what it has sent meanwhile is dropped in silence. */
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

    /** If it is the one acknowledged last, that ACK was lost. Any other one is part of a window sent again. */
    private void onOldBlock(long distance, long now) {
        stats.duplicates++;
        if (distance == 0 && received > 0 && received == acked && !ackHeldBack && !early.isExpectedAgain(received)) {
            repeatLast(now);
        }
    }

    /** Acknowledges all that is here, once there is room for more. */
    private void acknowledge(long now) {
        acked = received;
        ackHeldBack = !store.hasRoom();
        if (ackHeldBack) {
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

    /** The word that waits for a reply: the opening, then the ACK of what is here; at the end maybe an ERROR. */
    private void sendLast(long now) {
        if (refusal != null) {
            wire.send(refusal);
        } else if (received > 0 || opening != null) {
            wire.send(received > 0 ? new Ack(BlockNumber.of(acked, rollover)) : opening);
        }
        if (phase == ReceivePhase.DALLYING) {
            wire.awaitReply(leaveAt);
        } else {
            awaitPeer(now, ackTimeout());
        }
    }

    /** In lock-step the sender's timer does all that is needed: a needless ACK makes some senders send twice. */
    private long ackTimeout() {
        boolean senderFirst = settings.windowsize() == 1 && settings.timeout().isZero();
        return (senderFirst ? 2 : 1) * timer.timeout();
    }

    /** The store has made the file durable. */
    public void stored(long now) {
        if (phase == ReceivePhase.COMMITTING && !isFinished()) {
            dally(Outcome.COMPLETE, null, now);
        }
    }

    /**
     * The store has failed. Where all blocks are here the ERROR stands for the last ACK, and is repeated like it: a
     * sender that has missed both takes the file for stored.
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
        leaveAt = now + dally; // repeats don't move it, or a peer could keep this TID for ever
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
        if (ackHeldBack && store.hasRoom()) {
            restartSilence(now); // the peer waited for us
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
        return phase == ReceivePhase.RECEIVING && !ackHeldBack;
    }

    @Override
    Outcome outcomeOf(TftpException fromPeer) {
        boolean refusesOptions = received == 0 && opening instanceof OptionAck;
        return refusesOptions && fromPeer.is(ErrorCode.OPTION_REFUSED) ? Outcome.PROBE : Outcome.FAILED;
    }
}

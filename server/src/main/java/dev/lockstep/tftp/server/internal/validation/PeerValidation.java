package dev.lockstep.tftp.server.internal.validation;

import dev.lockstep.tftp.codec.TftpOpcode;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.server.internal.session.ServerTransfer;
import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * The state of the peer of one request: new, replied to, or validated. Until the peer is validated, it may be sent the
 * first message, a few retransmissions of it, one reply to each duplicate request, and an ERROR (RFC 9000, section
 * 8.1).
 */
@EventLoop
public final class PeerValidation {
    /** Bytes of the IP and UDP headers. */
    static final int HEADERS = 28;

    /** Bytes of an ERROR with an empty text, headers included. */
    public static final int EMPTY_ERROR = HEADERS + 5;

    /** Retransmissions of an OACK or an ACK, which are as short as a request. */
    private static final int REPEATS = 3;
    /**
     * Retransmissions of DATA, which is ten times as long as a request. A client that waits for it retransmits its
     * request or its ACK.
     */
    private static final int REPEATS_OF_DATA = 2;

    private enum State {
        /** The peer has been sent nothing. */
        NEW,
        /** The first message was sent, to an address that may be spoofed. */
        REPLIED,
        /** A datagram was received from the peer. */
        VALIDATED
    }

    private final AddressValidation validation;
    private final long client;
    private final long network;
    private ServerTransfer transfer;
    private volatile State state = State.NEW;
    private long repliedAt; // written before the state
    private long charged;
    private int remaining;

    PeerValidation(AddressValidation validation, InetAddress address) {
        this.validation = validation;
        this.client = ClientPrefix.of(address);
        this.network = client >> (address instanceof Inet4Address ? 8 : 16);
    }

    /** Returns the number that identifies the client for limits, as {@link ClientPrefix} does. */
    @ThreadSafe
    public long client() {
        return client;
    }

    long network() {
        return network;
    }

    /**
     * Called when the transfer starts. From then on, until the peer is validated, it may be evicted; the oldest one is
     * if there are too many.
     */
    public void start(ServerTransfer started) {
        transfer = started;
        validation.unvalidated().add(started);
    }

    /** Called when the transfer has ended. */
    public void end() {
        validation.unvalidated().remove(transfer);
    }

    /** Called when a duplicate of the request is received; allows one more reply. */
    public void onRequestRepeated() {
        remaining++;
    }

    /**
     * Charges the bytes of a message of the transfer to the peer, if it may be sent.
     *
     * @param opcode the opcode of the message
     * @param length the bytes to send, without headers
     * @param now the time in nanoseconds
     */
    boolean tryChargeMessage(int opcode, int length, long now) {
        if (state == State.NEW) {
            repliedAt = now;
            state = State.REPLIED;
            validation.unvalidated().renew(transfer);
            remaining += 1 + (opcode == TftpOpcode.DATA ? REPEATS_OF_DATA : REPEATS);
        }
        boolean allowed = opcode == TftpOpcode.ERROR || remaining > 0 || validation.isUnlimited();
        remaining = Math.max(0, remaining - 1);
        allowed = allowed && tryCharge(HEADERS + length, now);
        if (!allowed) {
            validation.onWithheld();
        }
        return allowed;
    }

    /**
     * Charges bytes to the peer, if its token buckets allow it.
     *
     * @param length the bytes to send, headers included
     * @param now the time in nanoseconds
     * @return false if nothing may be sent
     */
    public boolean tryCharge(int length, long now) {
        boolean allowed = validation.tryTake(this, length, now);
        if (allowed) {
            charged += length;
        }
        return allowed;
    }

    /**
     * Called when a datagram is received from the peer, which validates its address.
     *
     * @param now the time in nanoseconds
     */
    void validated(long now) {
        state = State.VALIDATED;
        end();
        validation.validated(this, charged, now);
    }

    /**
     * Returns the nanoseconds since the first message was sent, or -1 if the peer has nothing to reply to, or has
     * replied.
     *
     * @param now the time in nanoseconds
     */
    @ThreadSafe
    long timeSinceReply(long now) {
        return state == State.REPLIED ? Math.max(0, now - repliedAt) : -1;
    }
}

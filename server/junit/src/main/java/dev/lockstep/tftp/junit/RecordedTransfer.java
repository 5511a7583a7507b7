package dev.lockstep.tftp.junit;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.internal.text.LogSanitizer;
import dev.lockstep.tftp.negotiation.TransferSettings;
import java.util.List;
import java.util.Optional;

/**
 * A transfer that has ended, or a request that was refused.
 *
 * @param request the request of the transfer
 * @param outcome how it has ended; FAILED also for a refused request
 * @param settings the negotiated block size, window size and timeout; empty if the request was refused
 * @param bytes the bytes of the file that the receiver is known to have
 * @param retransmissions the number of messages that the server has retransmitted
 * @param failure the failure, which may be an ERROR of the client; empty if the outcome is COMPLETE
 * @param packets one line for each packet, at most some hundred: time, direction, peer, and decoded message
 */
public record RecordedTransfer(
        RecordedRequest request,
        Outcome outcome,
        Optional<TransferSettings> settings,
        long bytes,
        long retransmissions,
        Optional<TftpException> failure,
        List<String> packets) {
    /** Copies the packets. */
    public RecordedTransfer {
        packets = List.copyOf(packets);
    }

    /** Returns the request and the outcome. */
    @Override
    public String toString() {
        return request + ": " + outcome
                + failure.map(cause -> " (" + LogSanitizer.of(cause.explained()) + ")")
                        .orElse(", " + bytes + " bytes");
    }
}

package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.event.Outcome;
import java.util.ArrayList;
import java.util.List;

/**
 * A wire that records the actions of a state machine as text: {@code DATA 1 (512)}, {@code ACK 1}, {@code OACK
 * blksize=8}.
 */
final class RecordedWire implements Wire {
    private final List<String> sent = new ArrayList<>();
    long deadline = NEVER;
    Outcome outcome;
    TftpException cause;
    boolean closed;

    @Override
    public void send(TftpMessage message) {
        if (message instanceof Data data) {
            sent.add("DATA " + data.block() + " (" + data.content().readableBytes() + ")");
            data.release();
        } else if (message instanceof Ack ack) {
            sent.add("ACK " + ack.block());
        } else if (message instanceof OptionAck oack) {
            sent.add(("OACK " + oack.options()).trim());
        } else if (message instanceof ErrorMessage error) {
            sent.add("ERROR " + error.code());
        } else {
            sent.add(message.toString());
        }
    }

    @Override
    public void awaitReply(long moment) {
        deadline = moment;
    }

    @Override
    public void finish(Outcome result, TftpException reason) {
        if (outcome != null) {
            throw new IllegalStateException("finished twice: " + outcome + ", " + result);
        }
        outcome = result;
        cause = reason;
    }

    @Override
    public void close() {
        if (closed) {
            throw new IllegalStateException("closed twice");
        }
        closed = true;
    }

    /** Returns the messages sent since the last call. */
    List<String> taken() {
        List<String> all = List.copyOf(sent);
        sent.clear();
        return all;
    }
}

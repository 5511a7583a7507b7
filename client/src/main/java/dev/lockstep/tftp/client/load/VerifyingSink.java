package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.TftpException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Keeps nothing, and fails at the first octet that is not as it should be. */
final class VerifyingSink implements Sink {
    private final ExpectedContent reference;
    private long offset;
    private String wrong;

    VerifyingSink(ExpectedContent reference) {
        this.reference = reference;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        int length = from.remaining();
        int start = from.position();
        long at;
        try {
            at = reference.firstWrong(offset, from);
        } catch (IOException e) {
            throw new TftpException(ErrorCode.DISK_FULL, e.getMessage());
        }
        if (at >= 0) {
            int found = from.get(start + (int) (at - offset)) & 0xFF;
            int expected = reference.octet(at);
            String text = expected < 0 ? "the end of the file" : String.format("0x%02x", expected);
            throw fail(String.format("wrong byte at offset %d: 0x%02x (expected: %s)", at, found, text));
        }
        offset += length;
    }

    @Override
    public void commit() throws IOException {
        long expected = reference.complete(offset);
        if (offset != expected) {
            throw fail("wrong end at offset " + offset + " (expected: " + expected + " octets)");
        }
    }

    private TftpException fail(String text) {
        wrong = text;
        return new TftpException(ErrorCode.NOT_DEFINED, text);
    }

    /** What is wrong with the content, with its offset; null if nothing is so far. */
    String wrong() {
        return wrong;
    }

    @Override
    public boolean mayBlock() {
        return false;
    }

    @Override
    public void close() {
        // nothing is open
    }
}

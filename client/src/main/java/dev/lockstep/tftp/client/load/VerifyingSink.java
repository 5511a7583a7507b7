package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.Sink;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A sink that compares the content with the expected content, and fails at the first wrong byte. It stores nothing. */
final class VerifyingSink implements Sink {
    private final ExpectedContent content;
    private long offset;
    private String wrong;

    VerifyingSink(ExpectedContent content) {
        this.content = content;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        int length = from.remaining();
        int start = from.position();
        long at;
        try {
            at = content.firstWrong(offset, from);
        } catch (IOException e) {
            throw new TftpException(ErrorCode.DISK_FULL, e.getMessage());
        }
        if (at >= 0) {
            int found = from.get(start + (int) (at - offset)) & 0xFF;
            int expected = content.byteAt(at);
            String text = expected < 0 ? "the end of the file" : String.format("0x%02x", expected);
            throw fail(String.format("wrong byte at offset %d: 0x%02x (expected: %s)", at, found, text));
        }
        offset += length;
    }

    @Override
    public void commit() throws IOException {
        long expected = content.complete(offset);
        if (offset != expected) {
            throw fail("wrong end at offset " + offset + " (expected: " + expected + " bytes)");
        }
    }

    private TftpException fail(String text) {
        wrong = text;
        return new TftpException(ErrorCode.NOT_DEFINED, text);
    }

    /** Returns a description of the wrong content with its offset, or null if all content so far is correct. */
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

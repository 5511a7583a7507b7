package dev.lockstep.tftp.internal.capture;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The stream that Netty's capture handlers write to: one Ethernet frame, or the first part of one, in each call. The
 * handlers begin IPv6 headers with the number 60,000,000 instead of 0x60000000, which no reader accepts as IPv6; this
 * stream corrects that. The first failure to write is reported. After that, everything is accepted and nothing is
 * written: a capture must not stop transfers.
 */
final class CaptureStream extends BufferedOutputStream {
    private static final int BUFFER = 256 * 1024;
    private static final int ETHERTYPE_AT = 12;
    private static final byte[] WRONG = {(byte) 0x86, (byte) 0xDD, 0x03, (byte) 0x93, (byte) 0x87, 0x00};
    private static final byte[] RIGHT = {(byte) 0x86, (byte) 0xDD, 0x60, 0x00, 0x00, 0x00};

    private final Consumer<IOException> onFailure;
    private boolean failed;

    CaptureStream(OutputStream to, Consumer<IOException> onFailure) {
        super(to, BUFFER);
        this.onFailure = onFailure;
    }

    private interface Step {
        void run() throws IOException;
    }

    private void attempt(Step step) {
        try {
            if (!failed) {
                step.run();
            }
        } catch (IOException e) {
            failed = true;
            onFailure.accept(e);
        }
    }

    @Override
    public synchronized void write(int b) {
        attempt(() -> super.write(b));
    }

    @Override
    public synchronized void flush() {
        attempt(super::flush);
    }

    @Override
    public synchronized void close() {
        flush();
        try {
            out.close();
        } catch (IOException e) {
            attempt(() -> {
                throw e;
            });
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        attempt(() -> writeFrame(bytes, offset, length));
    }

    private void writeFrame(byte[] bytes, int offset, int length) throws IOException {
        int at = offset + ETHERTYPE_AT;
        int end = at + WRONG.length;
        if (end <= offset + length && Arrays.equals(bytes, at, end, WRONG, 0, WRONG.length)) {
            super.write(bytes, offset, ETHERTYPE_AT);
            super.write(RIGHT, 0, RIGHT.length);
            super.write(bytes, end, offset + length - end);
        } else {
            super.write(bytes, offset, length);
        }
    }
}

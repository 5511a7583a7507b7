package dev.lockstep.tftp.client.internal.file;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.FileErrors;
import dev.lockstep.tftp.io.Sink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * A sink that writes content to a channel as it arrives. Content that was written before a failure remains written.
 *
 * @param ownsChannel whether the sink closes the channel
 */
public record StreamSink(WritableByteChannel out, boolean ownsChannel) implements Sink {

    @Override
    public void write(ByteBuffer from) throws IOException {
        try {
            while (from.hasRemaining()) {
                out.write(from);
            }
        } catch (IOException e) {
            throw isClosedPipe(e) ? new TftpException(ErrorCode.NOT_DEFINED, "output closed", e) : FileErrors.of(e);
        }
    }

    /** Returns whether a transfer has failed because the reader of a pipe has closed it. */
    public static boolean isOutputClosed(TftpException failure) {
        return isClosedPipe(failure.getCause());
    }

    /** Returns whether the failure reports that the reader of a pipe has closed it. */
    public static boolean isClosedPipe(Throwable failure) {
        return failure instanceof IOException && "Broken pipe".equals(failure.getMessage());
    }

    @Override
    public void commit() {
        // the content is written
    }

    @Override
    public void close() throws IOException {
        if (ownsChannel) {
            out.close();
        }
    }
}

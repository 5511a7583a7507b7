package dev.lockstep.tftp.client.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.junit.jupiter.api.Test;

class StreamSinkTest {
    private record Failing(String reason) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer from) throws IOException {
            throw new IOException(reason);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    private static TftpException failureOf(String reason) {
        StreamSink sink = new StreamSink(new Failing(reason), false);
        return catchThrowableOfType(TftpException.class, () -> sink.write(ByteBuffer.allocate(1)));
    }

    @Test
    void a_full_device_is_a_full_disk() {
        TftpException failure = failureOf("No space left on device");
        assertThat(failure).hasMessage("disk full");
        assertThat(failure.is(ErrorCode.DISK_FULL)).isTrue();
        assertThat(StreamSink.isOutputClosed(failure)).isFalse();
    }

    @Test
    void a_broken_pipe_is_closed_output() {
        TftpException failure = failureOf("Broken pipe");
        assertThat(failure).hasMessage("output closed");
        assertThat(StreamSink.isOutputClosed(failure)).isTrue();
    }
}

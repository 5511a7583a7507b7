package dev.lockstep.tftp.server.internal.origin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** The body of a request, which can be read several times. */
interface Payload {
    /** Returns the number of bytes. */
    long length();

    /** Returns a new stream of the bytes. */
    InputStream stream();

    /** Returns the body for the HTTP client. */
    default BodyPublisher publisher() {
        return BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(this::stream), length());
    }

    /** Returns a body of some bytes. */
    static Payload of(byte[] bytes) {
        return new Payload() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public InputStream stream() {
                return new ByteArrayInputStream(bytes);
            }

            @Override
            public BodyPublisher publisher() {
                return BodyPublishers.ofByteArray(bytes);
            }
        };
    }

    /** Returns a part of a file as a body. */
    static Payload of(Path file, long offset, long length) {
        return new Payload() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public BodyPublisher publisher() {
                return length == 0 ? BodyPublishers.noBody() : Payload.super.publisher();
            }

            @Override
            public InputStream stream() {
                try {
                    FileChannel channel = FileChannel.open(file).position(offset);
                    return new LimitedStream(Channels.newInputStream(channel), length);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    /** The beginning of another stream. */
    final class LimitedStream extends InputStream {
        private final InputStream in;
        private long left;

        LimitedStream(InputStream in, long limit) {
            this.in = in;
            this.left = limit;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = in.read(to, offset, (int) Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}

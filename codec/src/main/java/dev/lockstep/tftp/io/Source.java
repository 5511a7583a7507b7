package dev.lockstep.tftp.io;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An outgoing file. At most one call at a time runs on one source, but not always on the same thread.
 *
 * <p>{@link MemorySource} sends an array, {@link FileSource} a file of this machine. A source for a stream is short:
 *
 * <pre>{@code
 * record StreamSource(ReadableByteChannel in, long size) implements Source { // in: Channels.newChannel(stream)
 *     public int read(ByteBuffer to) throws IOException {
 *         return in.read(to);
 *     }
 *
 *     public void close() throws IOException {
 *         in.close();
 *     }
 * }
 * }</pre>
 */
@Blocking
public interface Source extends AutoCloseable {
    /** The size of a source that does not know its size. */
    long UNKNOWN_SIZE = -1;

    /**
     * {@return the size in bytes, or {@link #UNKNOWN_SIZE}} A source that ends before this size fails the transfer, and
     * bytes after this size are not sent.
     */
    @EventLoop
    long size();

    /**
     * Waits without a thread for bytes that another machine has not sent yet. A caller that does not use this method
     * waits in {@code read}.
     *
     * @param end the offset in bytes from the beginning of the source up to which bytes are needed
     * @param then is run once, later, on any thread, if this method returns true: when the bytes can be read, the source
     *     is known to end before, or reading it fails
     * @return false if {@code read} does not have to wait; always false by default
     */
    @EventLoop
    default boolean awaitBytes(long end, Runnable then) {
        return false;
    }

    /**
     * Reads at least one byte.
     *
     * @param to receives the bytes; it has room for at least one
     * @return the number of bytes read, or -1 at the end
     * @throws TftpException with the ERROR to send to the peer
     * @throws IOException for any other failure; the peer is sent ERROR 0 without details
     */
    int read(ByteBuffer to) throws IOException;

    /**
     * {@return whether the methods of this source may block} The methods of a source that does not block, such as one
     * in memory, are called on the event loop.
     */
    @EventLoop
    default boolean mayBlock() {
        return true;
    }

    /**
     * {@return whether the source can be read again with {@link #rewind()}} A client rewinds a source to upload it with
     * smaller blocks after the first attempt. A server does not rewind its sources.
     */
    @EventLoop
    default boolean canRewind() {
        return false;
    }

    /**
     * Continues at the first byte of the source.
     *
     * @throws UnsupportedOperationException if {@link #canRewind} returns false
     * @throws IOException if the source cannot be read again
     */
    default void rewind() throws IOException {
        throw new UnsupportedOperationException("rewind");
    }

    @Override
    void close() throws IOException;
}

package dev.lockstep.tftp.io;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An incoming file. At most one call at a time runs on one sink, but not always on the same thread. It leaves nothing
 * behind without {@link #commit()}.
 */
@Blocking
public interface Sink extends AutoCloseable {
    /**
     * Writes all remaining bytes of {@code from}.
     *
     * @param from the bytes, which are valid during this call only
     * @throws TftpException with the ERROR to send to the peer, for example {@code DISK_FULL}
     * @throws IOException for any other failure; the peer is sent ERROR 0 without details
     */
    void write(ByteBuffer from) throws IOException;

    /**
     * Waits without a thread for room, in a sink that does not {@linkplain #mayBlock block}; another one waits in {@code
     * write}. Until there is room, the peer gets no ACK, so it pauses and may repeat its last blocks. A peer that waits
     * longer than its idle timeout ends the transfer.
     *
     * @param then is run once, later, on any thread, if this method returns true: when there is room
     * @return false if there is room for more; always false by default. Bytes that are already in flight, up to a window,
     *     are written in any case
     */
    @EventLoop
    default boolean awaitRoom(Runnable then) {
        return false;
    }

    /**
     * Makes the complete file durable and visible. The last ACK is sent after this method returns.
     *
     * @throws TftpException with the ERROR to send to the peer in place of the last ACK
     * @throws IOException for any other failure; the peer is sent ERROR 0 without details
     */
    void commit() throws IOException;

    /**
     * Makes the complete file durable and visible, like {@link #commit}. It is called instead of it if the sink {@link
     * #mayBlock may block}. A sink that waits for another machine overrides this method, so that it does not occupy a
     * thread.
     *
     * @return completed on any thread, before which no other method is called; by default with the result of {@code
     *     commit}
     */
    default CompletionStage<Void> store() {
        try {
            commit();
            return CompletableFuture.completedFuture(null);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * {@return whether the methods of this sink may block} The methods of a sink that does not block, such as one in
     * memory, are called on the event loop.
     */
    @EventLoop
    default boolean mayBlock() {
        return true;
    }

    /**
     * Closes the sink. Without a preceding {@link #commit()}, everything written is removed and an older file stays
     * unchanged.
     */
    @Override
    void close() throws IOException;
}

package dev.lockstep.tftp.internal.channel.file;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.internal.channel.TransferContext;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.util.concurrent.EventExecutor;
import java.util.function.BiConsumer;

/** Supplies the chunks of one outgoing file, in order. */
@EventLoop
public interface ChunkReader {
    /** Creates the reader of a transfer. */
    @FunctionalInterface
    interface Factory {
        /** Returns a reader. The source stays with the caller, which closes it after the last read. */
        ChunkReader of(Source source, TransferSettings settings, TransferContext context, EventExecutor loop);
    }

    /** Returns whether all chunks have been supplied. */
    boolean isAtEnd();

    /** Returns the next chunk with a reference for the caller if it is in memory, otherwise null. */
    default Chunk tryTake() {
        return null;
    }

    /**
     * Waits without a thread until the next chunk can be read; see {@link Source#awaitBytes}.
     *
     * @param then is run once, later, on any thread, if this method returns true
     * @return false if it can be read now
     */
    default boolean awaitBytes(Runnable then) {
        return false;
    }

    /**
     * Returns the number of bytes to reserve for the next chunk.
     *
     * @param least whether memory is short
     */
    int nextSize(boolean least);

    /**
     * Reads the next chunk. {@code then} is called exactly once, later, on the event loop. It receives the chunk with a
     * reference of its own, or the failure; or neither at the end of the file, or if the caller must try again.
     *
     * @param reserved the bytes reserved for the chunk; the reader takes them over
     */
    void read(int reserved, BiConsumer<Chunk, TftpException> then);

    /**
     * Cancels the running read if it has not begun and no other transfer needs it. Its {@code then} is called before
     * this method returns.
     */
    default void cancel() {}
}

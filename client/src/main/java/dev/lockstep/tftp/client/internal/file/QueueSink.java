package dev.lockstep.tftp.client.internal.file;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.io.Sink;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** A sink that keeps a limited number of bytes until another thread takes them. It pauses the transfer while it is full. */
@ThreadSafe
final class QueueSink implements Sink {
    /** Bytes that pause the transfer. A window more may arrive. */
    static final int CAPACITY = 256 * 1024;

    private final Runnable onContent;
    private final Deque<ByteBuffer> parts = new ArrayDeque<>();
    private int size;
    private Runnable room;
    private boolean abandoned;

    /**
     * Creates an empty sink.
     *
     * @param onContent run on an event loop when there is something to take
     */
    QueueSink(Runnable onContent) {
        this.onContent = onContent;
    }

    @Override
    public void write(ByteBuffer from) throws TftpException {
        ByteBuffer part =
                ByteBuffer.allocate(from.remaining()).put(from).flip(); // the bytes are valid during this call only
        synchronized (this) {
            if (abandoned) {
                throw new TftpException(ErrorCode.NOT_DEFINED, "cancelled");
            }
            parts.addLast(part);
            size += part.remaining();
        }
        onContent.run();
    }

    @Override
    public synchronized boolean awaitRoom(Runnable then) {
        if (size < CAPACITY || abandoned) {
            return false;
        }
        room = then;
        return true;
    }

    /** Returns the next bytes, or null if there are none now. */
    ByteBuffer poll() {
        ByteBuffer part;
        Runnable resume = null;
        synchronized (this) {
            part = parts.pollFirst();
            size -= part == null ? 0 : part.remaining();
            if (size <= CAPACITY / 2) {
                resume = room;
                room = null;
            }
        }
        if (resume != null) {
            resume.run();
        }
        return part;
    }

    synchronized boolean isEmpty() {
        return parts.isEmpty();
    }

    /** Drops the bytes that were not taken, and fails later ones. */
    synchronized void abandon() {
        abandoned = true;
        parts.clear();
        size = 0;
    }

    @Override
    public void commit() {
        // the content is complete
    }

    @Override
    public boolean mayBlock() {
        return false;
    }

    @Override
    public void close() {
        // the other thread takes the rest
    }
}

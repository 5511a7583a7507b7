package dev.lockstep.tftp.client.internal.file;

import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.client.TransferResult;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.io.Sink;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** Reads the content of a get while it arrives. */
@Blocking
public final class TransferStream extends InputStream {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final QueueSink queue = new QueueSink(this::wake);
    private CompletableFuture<TransferResult> transfer;
    private ByteBuffer part = NOTHING;
    private boolean started;
    private boolean ended;
    private boolean closed;
    private Throwable failure;

    private TransferStream() {}

    /**
     * Starts a get and waits until the server has granted it.
     *
     * @param get starts a get
     * @throws IOException if the server refuses the request or does not reply
     */
    public static TransferStream open(
            TransferRequest request, BiFunction<TransferRequest, Sink, CompletableFuture<TransferResult>> get)
            throws IOException {
        TransferStream stream = new TransferStream();
        TransferListener start = event -> {
            if (event instanceof TransferEvent.Started) {
                stream.onStarted();
            }
        };
        TransferListener both = TransferListener.all(List.of(request.listener(), start));
        stream.transfer = get.apply(request.observedBy(both), stream.queue);
        stream.transfer.whenComplete((result, cause) -> stream.onEnded(cause));
        stream.awaitStart();
        return stream;
    }

    private synchronized void onStarted() {
        started = true;
        notifyAll();
    }

    private synchronized void onEnded(Throwable cause) {
        ended = true;
        failure = cause;
        notifyAll();
    }

    private synchronized void wake() {
        notifyAll();
    }

    private synchronized void awaitStart() throws IOException {
        while (!started && !ended) {
            awaitChange();
        }
        if (failure != null) {
            throw TftpException.of(failure);
        }
    }

    private void awaitChange() throws InterruptedIOException {
        try {
            wait();
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** Waits for bytes. Returns false at the end. */
    private boolean awaitNext() throws IOException {
        while (!part.hasRemaining()) {
            synchronized (this) {
                while (!closed && !ended && queue.isEmpty()) {
                    awaitChange();
                }
                if (closed) {
                    throw new IOException("stream closed");
                }
                ByteBuffer next = queue.poll(); // before another thread can close the stream, which empties the queue
                if (next != null) {
                    part = next;
                } else if (failure != null) {
                    throw TftpException.of(failure);
                } else {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public int read() throws IOException {
        return awaitNext() ? part.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (length == 0) {
            return 0;
        }
        if (!awaitNext()) {
            return -1;
        }
        int count = Math.min(length, part.remaining());
        part.get(to, offset, count);
        return count;
    }

    @Override
    public int available() {
        return part.remaining();
    }

    /** Cancels the transfer unless it has ended. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        queue.abandon();
        transfer.cancel(true);
    }
}

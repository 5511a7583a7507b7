package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.transfer.Source;
import dev.lockstep.tftp.transfer.TftpException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Reads a source in pieces on the I/O pool, one ahead of the piece that is being sent, and cuts blocks off on the
 * event loop. A piece is a whole number of blocks, so no block spans two of them.
 */
final class ReadAhead implements OutgoingFile {
    private static final int SMALL_PIECE = 32 * 1024;
    private static final int LARGE_PIECE = 256 * 1024;
    private static final int WINDOWS_A_PIECE = 4;

    private final Source source;
    private final int blksize;
    private final int wanted;
    private final int least;
    private final EventExecutor loop;
    private final BlockingTasks work;
    private final ChunkAllocator memory;
    private final BufferBudget budget;
    private final Owner owner;

    private record Piece(ByteBuf bytes, int octets) {}

    private final ArrayDeque<Piece> chunks = new ArrayDeque<>(2);
    /** Octets of the piece that was used up last: blocks cut from it may still wait for their ACK. */
    private int spent;

    private boolean reading;
    private long read;
    private boolean atEnd;
    private boolean lastTaken;
    private boolean hungry;
    private Runnable closed;

    /** Takes the source over. */
    ReadAhead(Source source, int blksize, int windowsize, TransferContext context, EventExecutor loop, Owner owner) {
        this.source = source;
        this.atEnd = source.size() == 0;
        this.blksize = blksize;
        this.least = blksize * Math.max(1, Math.min(windowsize, LARGE_PIECE / blksize));
        long several = (long) blksize * windowsize * WINDOWS_A_PIECE;
        int chunk = (int) Math.max(SMALL_PIECE, Math.min(LARGE_PIECE, several));
        this.wanted = Math.max(least, chunk / blksize * blksize);
        this.work = new BlockingTasks(source.mayBlock() ? context.io() : Runnable::run, loop);
        this.memory = new ChunkAllocator(context, loop);
        this.budget = context.budget();
        this.loop = loop;
        this.owner = owner;
    }

    @Override
    public void start() {
        readMore();
    }

    @Override
    public ByteBuf poll() {
        Piece chunk = chunks.peek();
        if (chunk == null) {
            if (atEnd && !lastTaken) {
                lastTaken = true;
                return Unpooled.EMPTY_BUFFER; // a size that is a whole number of blocks ends in an empty one
            }
            hungry = true;
            readMore();
            return null;
        }
        int length = Math.min(blksize, chunk.bytes.readableBytes());
        lastTaken = length < blksize;
        ByteBuf block = chunk.bytes.readRetainedSlice(length);
        if (!chunk.bytes.isReadable()) {
            Piece used = chunks.remove();
            used.bytes.release();
            giveBackSpent();
            spent = used.octets;
            readMore();
        }
        return block;
    }

    /** Asks for the next piece, unless two are here, one is on its way, or there is none. */
    private void readMore() {
        if (reading || atEnd || chunks.size() > 1 || closed != null) {
            return;
        }
        int octets = budget.tryTake(sizeOfNext(wanted), sizeOfNext(least));
        if (octets > 0) {
            read(octets);
        } else if (chunks.isEmpty()) {
            reading = true;
            giveBackSpent(); // or those who wait could wait for each other
            int needed = sizeOfNext(least);
            budget.takeLater(needed, () -> loop.execute(() -> read(needed)));
        }
    }

    /** No more than the file still has, where that is known. */
    private int sizeOfNext(int octets) {
        long size = source.size();
        return size == Source.UNKNOWN_SIZE ? octets : (int) Math.min(octets, size - read);
    }

    private void read(int octets) {
        reading = true;
        if (closed != null) {
            reading = false;
            budget.giveBack(octets);
            closeSource();
            return;
        }
        ByteBuf bytes = memory.tryTake(octets);
        if (bytes != null) {
            Piece chunk = new Piece(bytes, octets);
            work.perform(() -> fill(chunk), failure -> arrived(chunk, failure));
        } else if (!memory.takeLater(read == 0, () -> read(octets))) {
            reading = false;
            atEnd = true;
            budget.giveBack(octets);
            loop.execute(() -> owner.failed(ChunkAllocator.none()));
        }
    }

    /** On the I/O pool: until the piece is full or the source is at its end. */
    private void fill(Piece chunk) throws IOException {
        ByteBuffer to = chunk.bytes.internalNioBuffer(0, chunk.octets);
        int start = to.position();
        while (to.hasRemaining()) {
            if (source.read(to) < 0) {
                break;
            }
        }
        chunk.bytes.writerIndex(to.position() - start);
    }

    private void arrived(Piece chunk, TftpException failure) {
        reading = false;
        int length = chunk.bytes.readableBytes();
        read += length;
        long size = source.size();
        atEnd = read == size || length < chunk.octets;
        if (closed != null || failure != null || length == 0) {
            release(chunk);
        } else {
            chunks.add(chunk);
        }
        if (closed != null) {
            closeSource();
        } else if (failure != null) {
            owner.failed(failure);
        } else if (atEnd && size != Source.UNKNOWN_SIZE && read < size) {
            owner.failed(new TftpException(ErrorCode.NOT_DEFINED, "file became shorter while it was read"));
        } else {
            readMore();
            if (hungry) {
                hungry = false;
                owner.ready();
            }
        }
    }

    @Override
    public void close(Runnable whenClosed) {
        closed = whenClosed;
        chunks.forEach(this::release);
        chunks.clear();
        giveBackSpent();
        if (!reading) {
            closeSource();
        }
    }

    private void closeSource() {
        work.perform(source::close, failure -> closed.run());
    }

    private void giveBackSpent() {
        if (spent > 0) {
            budget.giveBack(spent);
            spent = 0;
        }
    }

    private void release(Piece chunk) {
        chunk.bytes.release();
        budget.giveBack(chunk.octets);
    }
}

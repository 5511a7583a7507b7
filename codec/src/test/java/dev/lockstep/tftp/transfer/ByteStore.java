package dev.lockstep.tftp.transfer;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;

/** A sink of blocks in memory. Records the content and whether a commit was requested. */
final class ByteStore implements BlockSink {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    boolean room = true;
    /** Bytes after which a block is answered with an Error. */
    int limit = Integer.MAX_VALUE;

    boolean commitAsked;

    @Override
    public void offer(ByteBuf block) {
        byte[] bytes = new byte[block.readableBytes()];
        block.getBytes(block.readerIndex(), bytes);
        if (content.size() + bytes.length > limit) {
            throw new LinkageError("no such class");
        }
        content.writeBytes(bytes);
    }

    @Override
    public boolean requestRoom() {
        return room;
    }

    @Override
    public void commit() {
        commitAsked = true;
    }

    byte[] content() {
        return content.toByteArray();
    }
}

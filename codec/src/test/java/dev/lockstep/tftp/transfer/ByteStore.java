package dev.lockstep.tftp.transfer;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;

/** Keeps what is offered; commits when it is told to, or at once. */
final class ByteStore implements BlockSink {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    boolean room = true;
    boolean commitAsked;

    @Override
    public void offer(ByteBuf block) {
        byte[] octets = new byte[block.readableBytes()];
        block.getBytes(block.readerIndex(), octets);
        content.writeBytes(octets);
    }

    @Override
    public boolean hasRoom() {
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

package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.concurrent.EventLoop;
import io.netty.buffer.ByteBuf;

/** Supplies the blocks of an outgoing file, in order. */
@EventLoop
public interface BlockSource {
    /**
     * Returns the next block: blksize bytes, or fewer for the last block. There is always exactly one block that is
     * shorter than blksize.
     *
     * @return the block, owned by the caller; {@code null} if it has not been read yet, in which case {@link
     *     Transfer#resume} is called when it has
     */
    ByteBuf poll();
}

package dev.lockstep.tftp.transfer;

import io.netty.buffer.ByteBuf;

/** The blocks of an outgoing file, in order, without ever blocking. */
public interface BlockSource {
    /**
     * The next block: blksize octets, or fewer for the last one, of which there is always exactly one. The caller
     * owns it. {@code null} while it is not read yet: {@link Transfer#resume} is called once it is.
     */
    ByteBuf poll();
}

package dev.lockstep.tftp.testing;

import dev.lockstep.tftp.harness.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Creates datagrams from readable parts. */
public final class Wires {
    private Wires() {}

    /**
     * Returns a datagram of parts as in {@link Bytes#bytes}, for example {@code bytes(0, 1, "boot.img", 0, "octet", 0)}.
     */
    public static ByteBuf bytes(Object... parts) {
        return Unpooled.wrappedBuffer(Bytes.bytes(parts));
    }
}

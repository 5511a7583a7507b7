package dev.lockstep.tftp.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Creates datagrams from readable parts. */
public final class Wires {
    private Wires() {}

    /**
     * Returns a datagram of numbers (one byte each), characters and strings (UTF-8), for example {@code bytes(0, 1,
     * "boot.img", 0, "octet", 0)}.
     */
    public static ByteBuf bytes(Object... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Object part : parts) {
            if (part instanceof Integer number) {
                bytes.write(number);
            } else {
                bytes.writeBytes(part.toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        return Unpooled.wrappedBuffer(bytes.toByteArray());
    }
}

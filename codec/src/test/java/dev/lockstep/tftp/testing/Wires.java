package dev.lockstep.tftp.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Datagrams written as they stand on the wire. */
public final class Wires {
    private Wires() {}

    /**
     * A datagram of numbers (an octet each), characters and strings (UTF-8), for example
     * {@code bytes(0, 1, "boot.img", 0, "octet", 0)}.
     */
    public static ByteBuf bytes(Object... parts) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        for (Object part : parts) {
            if (part instanceof Integer number) {
                octets.write(number);
            } else {
                octets.writeBytes(part.toString().getBytes(StandardCharsets.UTF_8));
            }
        }
        return Unpooled.wrappedBuffer(octets.toByteArray());
    }
}

package dev.lockstep.tftp.internal.capture;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.event.PacketTap;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.function.Consumer;

/** The form of the lines that {@code --trace} prints. */
public enum TraceForm {
    /** The bytes of each datagram: {@link PacketTrace}. */
    BYTES,
    /** The decoded message of each datagram, with time and peer: {@link DecodedTrace}. */
    DECODED;

    /**
     * Parses the value of the flag.
     *
     * @throws IllegalArgumentException if there is no such form; the message begins with the flag
     */
    public static TraceForm parse(String text) {
        for (TraceForm form : values()) {
            if (form.name().equalsIgnoreCase(text)) {
                return form;
            }
        }
        throw new IllegalArgumentException("--trace: " + text + " (expected: "
                + DECODED.name().toLowerCase(Locale.ROOT) + ", or no value for the bytes)");
    }

    /**
     * Returns a tap for a server.
     *
     * @param out receives each line
     */
    public PacketTap onServer(Consumer<String> out) {
        return (peer, request) -> handler(out, true, peer, request);
    }

    /**
     * Returns a tap for a client.
     *
     * @param out receives each line
     */
    public PacketTap onClient(Consumer<String> out) {
        return (peer, request) -> handler(out, false, peer, request);
    }

    private ChannelHandler handler(Consumer<String> out, boolean server, InetSocketAddress peer, Request request) {
        return this == DECODED
                ? new DecodedTrace(out, server, peer, request)
                : new PacketTrace(out, server, peer, request);
    }
}

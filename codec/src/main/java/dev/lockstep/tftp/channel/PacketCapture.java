package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.pcap.PcapWriteHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * Writes the datagrams of all transfers into one capture that Wireshark opens. Where a socket is bound to no address
 * of its own, 0.0.0.0 or :: stands for this machine. What was captured is written out when a transfer ends, and all of
 * it on {@link #close}. Safe on any thread; an event loop waits for no more than a buffered write.
 */
public final class PacketCapture implements PacketTap {
    /** Shared by the handlers of all channels, which lock it for each packet. */
    private final CaptureStream out;

    /**
     * Takes the stream over, and begins the capture.
     *
     * @param onFailure called once, on any thread, when the stream fails: nothing more is captured from then on
     * @throws IOException if not even the beginning can be written
     */
    public PacketCapture(OutputStream to, Consumer<IOException> onFailure) throws IOException {
        PcapWriteHandler.writeGlobalHeader(to);
        to.flush();
        out = new CaptureStream(to, onFailure);
    }

    @Override
    public ChannelHandler attach(InetSocketAddress peer, Request request) {
        return handler();
    }

    @Override
    public ChannelHandler attachToShared(InetSocketAddress peer, Request request) {
        return new ChannelHandlerAdapter() {}; // what passes twice is written once
    }

    @Override
    public void watch(ChannelPipeline pipeline) {
        pipeline.addFirst(handler());
    }

    private ChannelHandler handler() {
        return PcapWriteHandler.builder()
                .sharedOutputStream(true)
                .writePcapGlobalHeader(false)
                .captureZeroByte(true)
                .build(out);
    }

    @Override
    public void close() {
        synchronized (out) {
            out.close();
        }
    }
}

package dev.lockstep.tftp.internal.capture;

import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.event.PacketTap;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.pcap.PcapWriteHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * Writes the datagrams of all transfers to one capture file in pcap format. If a socket is bound to a wildcard address,
 * 0.0.0.0 or :: stands for this machine. Buffered packets are written when a transfer ends and on {@link #close}. An
 * event loop waits only for a buffered write.
 */
@ThreadSafe
public final class PacketCapture implements PacketTap {
    /** The stream shared by the handlers of all channels, which lock it for each packet. */
    private final CaptureStream out;

    /**
     * Takes ownership of the stream and writes the header of the capture.
     *
     * @param onFailure called once, on any thread, when the stream fails; nothing is captured after that
     * @throws IOException if the header cannot be written
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
        return new ChannelHandlerAdapter() {}; // the shared channel captures these datagrams already
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

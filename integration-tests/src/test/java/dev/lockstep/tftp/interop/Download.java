package dev.lockstep.tftp.interop;

import dev.lockstep.tftp.harness.RawSocketPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/** A lock-step download on a non-blocking channel of its own. The caller reports each datagram and each timeout. */
final class Download implements AutoCloseable {

    private static final long SILENCE = TimeUnit.SECONDS.toNanos(1);
    private static final int RESENDS = 60;
    /** The wait for the first reply doubles up to this power of two. */
    private static final int MAX_BACK_OFF = 3;

    private final InetSocketAddress server;
    private final int blksize;
    private final int maxResends;
    private final boolean connects;
    private final DatagramChannel channel;
    private final CRC32 checksum = new CRC32();

    private InetSocketAddress tid;
    private ByteBuffer last;
    private long lastProgress;
    private int resends;
    private int expected;
    private long size;
    private String result;

    Download(InetSocketAddress server, String file, int blksize) throws IOException {
        this(InetAddress.getLoopbackAddress(), server, file, blksize, RESENDS, true);
    }

    /**
     * Creates a download.
     *
     * @param local the address of the client
     * @param maxResends how often a datagram is repeated
     * @param connects whether the socket is connected to the TID of the server, so that an unreachable port is reported
     */
    Download(InetAddress local, InetSocketAddress server, String file, int blksize, int maxResends, boolean connects)
            throws IOException {
        this.server = server;
        this.blksize = blksize;
        this.maxResends = maxResends;
        this.connects = connects;
        this.channel = DatagramChannel.open();
        channel.configureBlocking(false);
        RawSocketPeer.open(port -> channel.bind(new InetSocketAddress(local, port)));
        String request = "\0\1" + file + "\0octet\0blksize\0" + blksize + "\0";
        this.last = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
    }

    DatagramChannel channel() {
        return channel;
    }

    /** Returns the summary of the content, or the failure; null while the download runs. */
    String result() {
        return result;
    }

    void ask(long now) throws IOException {
        lastProgress = now;
        send();
    }

    /** Reads every datagram that is available. */
    void read(ByteBuffer scratch, long now) throws IOException {
        try {
            while (result == null && receive(scratch.clear())) {
                take(scratch.flip(), now);
            }
        } catch (PortUnreachableException gone) {
            result = unreachable();
        }
    }

    void tick(long now) throws IOException {
        long wait = tid != null ? SILENCE : SILENCE << Math.min(resends, MAX_BACK_OFF);
        if (result != null || now - lastProgress < wait) {
            return;
        }
        if (resends++ == maxResends) {
            result = "timeout after block " + (expected - 1);
            return;
        }
        lastProgress = now;
        send();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private boolean receive(ByteBuffer scratch) throws IOException {
        if (channel.isConnected()) {
            return channel.read(scratch) > 0;
        }
        var from = (InetSocketAddress) channel.receive(scratch);
        while (from != null && !isServer(from)) {
            from = (InetSocketAddress) channel.receive(scratch.clear());
        }
        if (from != null && tid == null) {
            tid = from; // the source port of the first reply is the TID of the server
            if (connects) {
                channel.connect(tid);
            }
        }
        return from != null;
    }

    private boolean isServer(InetSocketAddress from) {
        return tid == null ? from.getAddress().equals(server.getAddress()) : from.equals(tid);
    }

    private void take(ByteBuffer message, long now) throws IOException {
        if (message.remaining() < 4) {
            return; // nginx sends an empty datagram when the port of a server is unreachable
        }
        int opcode = message.getShort();
        if (opcode == 6 && expected <= 1) {
            expected = 1;
            acknowledge(0, now);
        } else if (opcode == 3 && expected > 0) {
            data(message, now);
        } else if (opcode != 6) {
            byte[] text = new byte[message.remaining()];
            message.get(text);
            result = "opcode " + opcode + " after block " + (expected - 1) + ": "
                    + new String(text, StandardCharsets.US_ASCII);
        }
    }

    private void data(ByteBuffer message, long now) throws IOException {
        int block = message.getShort() & 0xFFFF;
        if (block != (expected & 0xFFFF)) {
            return; // a duplicate: the timer retransmits the ACK if it was lost
        }
        boolean isLast = message.remaining() < blksize;
        size += message.remaining();
        checksum.update(message);
        acknowledge(block, now);
        expected++;
        if (isLast) {
            result = Content.summary(size, checksum);
        }
    }

    private void acknowledge(int block, long now) throws IOException {
        last = ByteBuffer.allocate(4).putShort((short) 4).putShort((short) block);
        lastProgress = now;
        resends = 0;
        send();
    }

    private void send() throws IOException {
        try {
            if (channel.isConnected()) {
                channel.write(last.rewind());
            } else {
                channel.send(last.rewind(), tid == null ? server : tid);
            }
        } catch (PortUnreachableException gone) {
            result = unreachable();
        }
    }

    private String unreachable() {
        return "port of the server unreachable after block " + (expected - 1);
    }
}

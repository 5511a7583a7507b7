package dev.lockstep.tftp.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Optional;

/** A peer controlled by a test: a UDP socket on the loopback interface that sends and receives raw datagrams. */
public final class RawPeer implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final int MAX_DATAGRAM = 65_535;

    private final DatagramSocket socket;
    private InetSocketAddress last;

    /** Opens a socket on 127.0.0.1 with an ephemeral port. */
    public RawPeer() throws IOException {
        this("127.0.0.1");
    }

    /** Opens a socket on another address of the loopback interface. */
    public RawPeer(String address) throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(address), 0));
    }

    /** Returns the port of this socket. */
    public int port() {
        return socket.getLocalPort();
    }

    /** Returns the sender of the last received datagram, or null if there is none. */
    public InetSocketAddress last() {
        return last;
    }

    /**
     * Sends a datagram to a port of 127.0.0.1.
     *
     * @param bytes the content, as in {@link Wires#bytes}
     */
    public void sendTo(int port, Object... bytes) throws IOException {
        byte[] datagram = ByteBufUtil.getBytes(Wires.bytes(bytes));
        socket.send(new DatagramPacket(datagram, datagram.length, InetAddress.getByName("127.0.0.1"), port));
    }

    /**
     * Sends a datagram to the sender of the last received one.
     *
     * @param bytes the content, as in {@link Wires#bytes}
     */
    public void reply(Object... bytes) throws IOException {
        sendTo(last.getPort(), bytes);
    }

    /** Waits for a datagram and returns its content. */
    public ByteBuf receive() throws IOException {
        return receive(TIMEOUT_MILLIS);
    }

    /**
     * Returns the next datagram, or empty if none arrives in time.
     *
     * @param millis the timeout in milliseconds
     */
    public Optional<ByteBuf> poll(int millis) throws IOException {
        try {
            return Optional.of(receive(millis));
        } catch (SocketTimeoutException expected) {
            return Optional.empty();
        }
    }

    /**
     * Waits for a datagram and checks its content.
     *
     * @param bytes the expected content, as in {@link Wires#bytes}
     */
    public void expect(Object... bytes) throws IOException {
        assertThat(ByteBufUtil.hexDump(receive())).isEqualTo(ByteBufUtil.hexDump(Wires.bytes(bytes)));
    }

    /** Waits for an ERROR with the given code. */
    public void expectError(int code) throws IOException {
        ByteBuf error = receive();
        assertThat(error.getUnsignedShort(0)).as(ByteBufUtil.hexDump(error)).isEqualTo(5);
        assertThat(error.getUnsignedShort(2)).as(ByteBufUtil.hexDump(error)).isEqualTo(code);
    }

    /** Discards all received datagrams and returns their number. */
    public int countArrived() throws IOException {
        int count = 0;
        while (poll(1).isPresent()) {
            count++;
        }
        return count;
    }

    private ByteBuf receive(int millis) throws IOException {
        socket.setSoTimeout(millis);
        DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM], MAX_DATAGRAM);
        socket.receive(packet);
        last = (InetSocketAddress) packet.getSocketAddress();
        return Unpooled.wrappedBuffer(packet.getData(), 0, packet.getLength());
    }

    @Override
    public void close() {
        socket.close();
    }
}

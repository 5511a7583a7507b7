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

/** One end of the wire played by a test: a socket on the loopback that sends and receives octets. */
public final class RawPeer implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int MAX_DATAGRAM = 65_535;

    private final DatagramSocket socket;
    private InetSocketAddress last;

    /** A peer on 127.0.0.1. */
    public RawPeer() throws IOException {
        this("127.0.0.1");
    }

    /** A peer on another address of the loopback. */
    public RawPeer(String address) throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(address), 0));
    }

    /** Its own port. */
    public int port() {
        return socket.getLocalPort();
    }

    /** Where the last datagram came from. */
    public InetSocketAddress last() {
        return last;
    }

    /** Sends octets, as {@link Wires#bytes} takes them, to a port of 127.0.0.1. */
    public void sendTo(int port, Object... octets) throws IOException {
        byte[] datagram = ByteBufUtil.getBytes(Wires.bytes(octets));
        socket.send(new DatagramPacket(datagram, datagram.length, InetAddress.getByName("127.0.0.1"), port));
    }

    /** Sends octets to where the last datagram came from. */
    public void reply(Object... octets) throws IOException {
        sendTo(last.getPort(), octets);
    }

    /** Waits for a datagram. */
    public ByteBuf receive() throws IOException {
        return receive(PATIENCE_MILLIS);
    }

    /** Returns the next datagram, or nothing if none comes within so many milliseconds. */
    public Optional<ByteBuf> poll(int millis) throws IOException {
        try {
            return Optional.of(receive(millis));
        } catch (SocketTimeoutException expected) {
            return Optional.empty();
        }
    }

    /** Waits for a datagram and checks its octets. */
    public void expect(Object... octets) throws IOException {
        assertThat(ByteBufUtil.hexDump(receive())).isEqualTo(ByteBufUtil.hexDump(Wires.bytes(octets)));
    }

    /** Waits for an ERROR with that code. */
    public void expectError(int code) throws IOException {
        ByteBuf error = receive();
        assertThat(error.getUnsignedShort(0)).as(ByteBufUtil.hexDump(error)).isEqualTo(5);
        assertThat(error.getUnsignedShort(2)).as(ByteBufUtil.hexDump(error)).isEqualTo(code);
    }

    /** How many datagrams have arrived and were not looked at; forgets them. */
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

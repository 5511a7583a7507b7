package dev.lockstep.tftp.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A plain UDP socket, for exchanges in bytes, that remembers its peer.
 *
 * <pre>
 *   client.ask(daemon.address(), bytes(0, 1, "boot.img", 0, "octet", 0));
 *   client.expect(data(1, block(content, 1, 512)));      the source port of the reply is the peer from now on
 *   client.expectSilence();
 * </pre>
 *
 * Must be used by one thread. Closing it sends an ERROR to the peer, so that no transfer is left behind.
 */
public final class RawSocketPeer implements AutoCloseable {
    /** The longest wait for an expected datagram. It is long because the machine may be busy. */
    public static final Duration REPLY_TIMEOUT = Duration.ofSeconds(30);

    /**
     * The time without a datagram that counts as silence where the activity of programs is unknown or never ends. It is
     * shorter than any timeout after which a test expects a retransmission.
     */
    private static final Duration SILENCE = Duration.ofMillis(300);

    private static final int LOOPBACK_RECEIVE_BUFFER = 4 << 20;

    /**
     * Ports outside the ephemeral range of the kernel, in turn. The kernel soon reuses ephemeral ports, while the
     * daemon of another test still retransmits to their previous owners. Test processes that run at the same time have
     * ports of their own.
     */
    private static final int PORTS = 2000;

    private static final int FIRST_PORT = 10_000 + Integer.parseInt(System.getProperty("test.fork", "0")) % 4 * PORTS;
    private static final AtomicInteger NEXT =
            new AtomicInteger(new SplittableRandom(ProcessHandle.current().pid()).nextInt(PORTS));

    private final DatagramSocket socket;
    private final byte[] buffer = new byte[65536];
    private InetSocketAddress peer;
    private InetSocketAddress previous;

    public RawSocketPeer() {
        this("127.0.0.1");
    }

    public RawSocketPeer(String address) {
        try {
            InetAddress local = InetAddress.getByName(address);
            socket = open(port -> new DatagramSocket(port, local));
            socket.setReceiveBufferSize(LOOPBACK_RECEIVE_BUFFER);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens or binds a socket. */
    @FunctionalInterface
    public interface Opening<T> {
        /** Returns the socket, bound to the port. */
        T on(int port) throws IOException;
    }

    /** {@return a socket on a free port of this test process} */
    public static <T> T open(Opening<T> socket) throws IOException {
        for (int tried = 1; ; tried++) {
            try {
                return socket.on(FIRST_PORT + Math.floorMod(NEXT.getAndIncrement(), PORTS));
            } catch (BindException taken) {
                if (tried == PORTS) {
                    throw taken;
                }
            }
        }
    }

    public int port() {
        return socket.getLocalPort();
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    /** Returns the peer: the sender of the first reply to the last request, or the address that was set. */
    public InetSocketAddress peer() {
        return peer;
    }

    public RawSocketPeer talkTo(InetSocketAddress other) {
        peer = other;
        return this;
    }

    /**
     * Connects the socket, so that the kernel reports an unreachable port: {@link #poll} throws
     * PortUnreachableException.
     */
    public RawSocketPeer connect(InetSocketAddress other) {
        try {
            socket.connect(other);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return talkTo(other);
    }

    /**
     * Sends a request to a listening port; the sender of the next reply is the new peer. Late DATA of the previous one
     * is skipped until then.
     */
    public void ask(InetSocketAddress listener, byte[] request) {
        previous = peer == null || peer.equals(listener) ? previous : peer;
        peer = null;
        sendTo(listener, request);
    }

    /**
     * Sends a datagram to a port of 127.0.0.1, as {@link #ask} does.
     *
     * @param parts the content, as in {@link Bytes#bytes}
     */
    public void sendTo(int port, Object... parts) {
        ask(new InetSocketAddress("127.0.0.1", port), Bytes.bytes(parts));
    }

    /**
     * Sends a datagram to the peer.
     *
     * @param parts the content, as in {@link Bytes#bytes}
     */
    public void send(Object... parts) {
        assertThat(peer).as("peer").isNotNull();
        sendTo(peer, Bytes.bytes(parts));
    }

    public void sendTo(InetSocketAddress to, byte[] datagram) {
        try {
            socket.send(new DatagramPacket(datagram, datagram.length, to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void allowBroadcast() {
        try {
            socket.setBroadcast(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the next datagram from any sender; empty if none is received in time. */
    public Optional<Datagram> poll(Duration timeout) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        try {
            socket.setSoTimeout((int) Math.max(1, timeout.toMillis()));
            socket.receive(packet);
        } catch (SocketTimeoutException ignored) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        InetSocketAddress from = (InetSocketAddress) packet.getSocketAddress();
        return Optional.of(new Datagram(Arrays.copyOf(buffer, packet.getLength()), from));
    }

    /** Waits for the next datagram of the peer. The sender of the first one after {@link #ask} becomes the peer. */
    public Datagram next() {
        Datagram datagram;
        do {
            datagram = poll(REPLY_TIMEOUT).orElseGet(() -> fail("no datagram received within " + REPLY_TIMEOUT));
        } while (peer == null && isLate(datagram));
        if (peer == null) {
            peer = datagram.from();
        }
        assertThat(datagram.from()).as("the sender of " + datagram).isEqualTo(peer);
        return datagram;
    }

    /** Returns whether a datagram belongs to a previous transfer: no reply to a request has a block after the first. */
    private boolean isLate(Datagram datagram) {
        return datagram.from().equals(previous) && datagram.opcode() == Datagram.DATA && datagram.number() != 1;
    }

    /**
     * Expects that the next datagram of the peer is exactly this one.
     *
     * @param parts the content, as in {@link Bytes#bytes}
     */
    public Datagram expect(Object... parts) {
        return check(next(), Bytes.bytes(parts));
    }

    /** Discards all datagrams that have been received, and returns their number. */
    public int countArrived() {
        int count = 0;
        while (poll(Duration.ofMillis(1)).isPresent()) {
            count++;
        }
        return count;
    }

    /**
     * Expects a datagram and skips copies of the OACK: a busy machine may take longer to reply than the negotiated
     * timeout.
     */
    public Datagram expectAfterOack(byte[] datagram) {
        Datagram came = next();
        while (came.opcode() == Datagram.OACK) {
            came = next();
        }
        return check(came, datagram);
    }

    private static Datagram check(Datagram came, byte[] datagram) {
        if (!Arrays.equals(came.bytes(), datagram)) {
            assertThat(came.toString()).isEqualTo(Datagram.describe(datagram) + " from " + came.from());
            assertThat(came.bytes()).isEqualTo(datagram);
        }
        return came;
    }

    /** Expects that the next datagram of the peer is an ERROR with one of these codes. */
    public Datagram expectError(Integer... codes) {
        Datagram came = next();
        assertThat(came.opcode()).as(came.toString()).isEqualTo(Datagram.ERROR);
        assertThat(codes).as(came.toString()).contains(came.number());
        return came;
    }

    /** Skips duplicates of earlier datagrams until an ERROR is received. */
    public Datagram awaitError(Integer... codes) {
        Datagram came = next();
        while (came.opcode() != Datagram.ERROR) {
            came = next();
        }
        assertThat(codes).as(came.toString()).contains(came.number());
        return came;
    }

    /** Expects that the next datagram of the peer is an OACK. */
    public Datagram expectOack() {
        Datagram came = next();
        assertThat(came.opcode()).as(came.toString()).isEqualTo(Datagram.OACK);
        return came;
    }

    /** Expects that no datagram is received until all programs that the tests have started are at rest. */
    public void expectSilence() {
        pollUntilRest().ifPresent(datagram -> fail("expected silence, but received " + datagram));
    }

    /**
     * Waits for the next datagram from any sender; empty if the programs that the tests have started, and this process,
     * have nothing left to do. Retransmissions of later timeouts are not awaited.
     */
    public Optional<Datagram> pollUntilRest() {
        if (!Quiescence.isKnown()) {
            return poll(SILENCE);
        }
        Quiescence rest = new Quiescence();
        long begin = System.nanoTime();
        boolean over = false;
        while (true) {
            Optional<Datagram> came = poll(Quiescence.POLL);
            if (came.isPresent() || over) {
                return came;
            }
            over = rest.isReached() || System.nanoTime() - begin > SILENCE.toNanos();
        }
    }

    public void expectSilence(Duration span) {
        poll(span).ifPresent(datagram -> fail("expected silence, but received " + datagram));
    }

    /** Reads a whole file, from DATA 1 on, with an ACK at the end of each window. */
    public byte[] download(int blksize, int windowsize) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        long taken = 0;
        while (true) {
            Datagram came = next();
            assertThat(came.opcode()).as(came.toString()).isEqualTo(Datagram.DATA);
            if (came.number() != (int) (taken + 1 & 0xFFFF)) {
                continue;
            }
            taken++;
            content.writeBytes(came.payload());
            boolean last = came.payload().length < blksize;
            if (last || taken % windowsize == 0) {
                send(Bytes.ack(taken));
            }
            if (last) {
                return content.toByteArray();
            }
        }
    }

    /**
     * Sends a whole file, from DATA 1 on. After each window it waits for the ACK of the last block and skips duplicates
     * of the previous reply: a busy machine may take longer to send a window than the negotiated timeout.
     */
    public void upload(byte[] content, int blksize, int windowsize) {
        long blocks = content.length / blksize + 1;
        for (long sent = 0; sent < blocks; ) {
            long end = Math.min(blocks, sent + windowsize);
            for (long n = sent + 1; n <= end; n++) {
                send(Bytes.data(n, Bytes.block(content, n, blksize)));
            }
            Datagram came = next();
            while (came.opcode() == Datagram.OACK || Arrays.equals(came.bytes(), Bytes.ack(sent))) {
                came = next();
            }
            check(came, Bytes.ack(end));
            sent = end;
        }
    }

    @Override
    public void close() {
        if (peer != null && !socket.isClosed()) {
            try {
                sendTo(peer, Bytes.error(0, "the test is over"));
            } catch (UncheckedIOException ignored) {
                // the peer is gone already
            }
        }
        socket.close();
    }

    /** Closes the socket without an ERROR to the peer. */
    public void vanish() {
        socket.close();
    }
}

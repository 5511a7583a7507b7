package dev.lockstep.tftp.client.conform;

import static dev.lockstep.tftp.client.conform.CheckEnd.failed;
import static dev.lockstep.tftp.client.conform.CheckEnd.require;

import dev.lockstep.tftp.client.conform.Network.Endpoint;
import dev.lockstep.tftp.client.conform.Network.Received;
import dev.lockstep.tftp.codec.TftpOpcode;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A socket of the tester and what it has sent and received. The sender of the first reply to a request is the other end
 * from then on. A datagram that is equal to one of the last is a retransmission, and most methods skip it: the peer may
 * retransmit at any time.
 */
final class Peer implements AutoCloseable {
    static final int BLKSIZE = 512;

    private static final int REMEMBERED = 80;
    private static final int ATTEMPTS = 4;
    private static final long LONGEST = 80_000;
    /** Bytes after which a file counts as endless. */
    private static final int LARGEST = 64 << 20;

    private static final double NANOS = 1e9;
    private static final long SLICE = Timing.seconds(1) / 4;

    private final Network network;
    private final Endpoint endpoint;
    private final Timing timing;
    private final Consumer<Packet> log;
    private final BooleanSupplier gone;
    private final Deque<Packet> seen = new ArrayDeque<>();
    private final Deque<Packet> returned = new ArrayDeque<>();
    private InetSocketAddress listener;
    private InetSocketAddress other;
    private InetSocketAddress previous;
    private byte[] lastSent = new byte[0];

    Peer(Network network, Endpoint endpoint, Timing timing, Consumer<Packet> log) {
        this(network, endpoint, timing, log, () -> false);
    }

    /**
     * Creates a socket.
     *
     * @param gone tells that nothing more will be received, because the process at the other end has ended
     */
    Peer(Network network, Endpoint endpoint, Timing timing, Consumer<Packet> log, BooleanSupplier gone) {
        this.network = network;
        this.endpoint = endpoint;
        this.timing = timing;
        this.log = log;
        this.gone = gone;
    }

    InetSocketAddress address() {
        return endpoint.address();
    }

    /** Returns the other end: null until it has replied. */
    InetSocketAddress other() {
        return other;
    }

    Timing timing() {
        return timing;
    }

    /** Sets the other end. */
    Peer talkTo(InetSocketAddress to) {
        other = to;
        return this;
    }

    /** Sends a request to a listening port; the sender of the next reply becomes the other end. */
    Peer ask(InetSocketAddress to, byte[] request) {
        listener = to;
        previous = other;
        other = null;
        returned.clear();
        sendTo(to, request);
        return this;
    }

    /** Sends a request again, from the same port; the other end stays. */
    void askAgain(byte[] request) {
        sendTo(listener, request);
    }

    void send(byte[] datagram) {
        sendTo(other, datagram);
    }

    void ack(long block) {
        send(Datagrams.ack(block));
    }

    void sendTo(InetSocketAddress to, byte[] datagram) {
        lastSent = datagram;
        log.accept(new Packet(network.nanoTime(), true, address(), to, datagram));
        endpoint.send(to, datagram);
    }

    /** Receives the next datagram of anyone; null if there is none in time. */
    Packet raw(long nanos) {
        Received received = receive(nanos);
        if (received == null) {
            return null;
        }
        Packet packet = new Packet(received.nanos(), false, address(), received.from(), received.bytes());
        log.accept(packet);
        return packet;
    }

    private Received receive(long nanos) {
        Received received = null;
        boolean ended = false;
        for (long rest = nanos; rest > 0 && received == null && !ended; rest -= SLICE) {
            ended = gone.getAsBoolean(); // what it has sent before is received in the last slice
            received = endpoint.receive(Math.min(rest, SLICE));
        }
        return received;
    }

    /** Receives the next datagram of the other end, also a retransmission; null if there is none in time. */
    Packet any(long nanos) {
        if (!returned.isEmpty()) {
            return returned.remove();
        }
        long end = network.nanoTime() + nanos;
        for (long rest = nanos; rest > 0; rest = end - network.nanoTime()) {
            Packet packet = raw(rest);
            if (packet == null || acceptFrom(packet)) {
                return packet;
            }
        }
        return null;
    }

    private boolean acceptFrom(Packet packet) {
        if (other == null
                && (!packet.remote().equals(previous) || packet.remote().equals(listener))) {
            other = packet.remote();
        }
        return packet.remote().equals(other);
    }

    /** Receives the next datagram of the other end that is no retransmission; null if there is none in time. */
    Packet poll(long nanos) {
        long end = network.nanoTime() + nanos;
        for (long rest = nanos; rest > 0; rest = end - network.nanoTime()) {
            Packet packet = any(rest);
            if (packet == null) {
                return null;
            }
            if (seen.stream().noneMatch(old -> old.is(packet.bytes()))) {
                remember(packet);
                return packet;
            }
        }
        return null;
    }

    private void remember(Packet packet) {
        seen.add(packet);
        if (seen.size() > REMEMBERED) {
            seen.remove();
        }
    }

    /** Forgets what was received, so that the same datagrams are expected again. */
    void forget() {
        seen.clear();
    }

    /** Returns a packet, so that it is the next one. */
    void putBack(Packet packet) {
        seen.remove(packet);
        returned.addFirst(packet);
    }

    /** Receives the next datagram of the other end that is no retransmission; fails if there is none. */
    Packet next() {
        Packet packet = poll(timing.replyTimeout());
        if (packet == null) {
            throw noReply();
        }
        return packet;
    }

    private CheckEnd noReply() {
        if (gone.getAsBoolean()) {
            return failed("the client ended without a reply to " + Transcript.describe(lastSent));
        }
        return failed(String.format(
                Locale.ROOT,
                "no reply within %.1f s to %s",
                timing.replyTimeout() / NANOS,
                Transcript.describe(lastSent)));
    }

    /** Expects a DATA and returns its payload. */
    byte[] data(long block) {
        return expect(TftpOpcode.DATA, block, "DATA " + (block & 0xFFFF)).payload();
    }

    /** Expects several DATA in their order, as in a window. */
    void data(long first, long last) {
        for (long block = first; block <= last; block++) {
            data(block);
        }
    }

    /** Expects an ACK. */
    void expectAck(long block) {
        expect(TftpOpcode.ACK, block, "ACK " + (block & 0xFFFF));
    }

    /** Expects an ERROR with any code. */
    Packet expectError() {
        Packet packet = next();
        require(packet.opcode() == TftpOpcode.ERROR, unexpected("an ERROR", packet));
        return packet;
    }

    private Packet expect(int opcode, long block, String what) {
        Packet packet = next();
        require(packet.opcode() == opcode && packet.number() == (block & 0xFFFF), unexpected(what, packet));
        return packet;
    }

    private String unexpected(String expected, Packet received) {
        return "expected " + expected + " after " + Transcript.describe(lastSent) + ", received " + received;
    }

    /**
     * Expects the reply to a request with options: an OACK, or the first message without one. Returns the granted
     * options; none for the latter, which is the next packet then.
     */
    Map<String, String> granted() {
        Packet packet = next();
        if (packet.opcode() == TftpOpcode.OACK) {
            return packet.options();
        }
        boolean plain = packet.opcode() == TftpOpcode.DATA && packet.number() == 1
                || packet.opcode() == TftpOpcode.ACK && packet.number() == 0;
        require(plain, unexpected("OACK, DATA 1 or ACK 0", packet));
        putBack(packet);
        return Map.of();
    }

    /** Fails if anything but a retransmission is received within the time of a reply. */
    void quiet(String sent) {
        Packet packet = poll(timing.grace());
        require(packet == null, sent + ": expected no reply, received " + packet);
    }

    /** Fails if anything at all is received within the time of a retransmission. */
    void silent(String sent) {
        long end = network.nanoTime() + Math.max(timing.grace(), timing.rto() * 2);
        drain(timing.grace() / 2); // what was in flight
        Packet packet = any(end - network.nanoTime());
        require(packet == null, sent + ": expected that the transfer ends, received " + packet);
    }

    /** Discards what is received within a time, from anyone, and returns it. */
    List<Packet> drain(long nanos) {
        List<Packet> all = new ArrayList<>(returned);
        returned.clear();
        long end = network.nanoTime() + nanos;
        for (long rest = nanos; rest > 0; rest = end - network.nanoTime()) {
            Packet packet = raw(rest);
            if (packet == null) {
                break;
            }
            all.add(packet);
        }
        return all;
    }

    /** Receives everything up to a DATA with this number, and returns it without that one; fails if it is missing. */
    List<Packet> until(long block) {
        List<Packet> before = new ArrayList<>();
        while (before.size() < LONGEST) {
            Packet packet = any(timing.replyTimeout());
            if (packet == null) {
                throw noReply();
            }
            if (packet.opcode() == TftpOpcode.DATA && packet.number() == (block & 0xFFFF)) {
                remember(packet);
                return before;
            }
            require(packet.opcode() == TftpOpcode.DATA, unexpected("DATA " + block, packet));
            before.add(packet);
        }
        throw failed("endless retransmissions before DATA " + block);
    }

    /** Expects that the last datagram is retransmitted byte for byte. */
    void retransmitted(String what) {
        Packet last = seen.getLast();
        Packet packet = any(timing.retransmission());
        require(
                packet != null,
                String.format(
                        Locale.ROOT, "%s: not retransmitted within %.1f s", what, timing.retransmission() / NANOS));
        require(packet.is(last.bytes()), what + ": retransmitted with other content: " + packet);
    }

    /**
     * Receives the rest of a file, whose first DATA is the next datagram.
     *
     * @param blksize the agreed block size
     * @param window the agreed window
     */
    byte[] download(int blksize, int window) {
        return download(blksize, window, 0);
    }

    /** Receives the blocks of a file after {@code done}. */
    byte[] download(int blksize, int window, long done) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        long taken = done;
        int attempts = 0;
        while (taken < LONGEST && content.size() < LARGEST) {
            Packet packet = any(timing.replyTimeout());
            if (packet == null) {
                if (gone.getAsBoolean()) {
                    throw noReply();
                }
                require(++attempts < ATTEMPTS, "no DATA " + (taken + 1) + " after " + attempts + " ACKs");
                ack(taken);
                continue;
            }
            if (packet.opcode() == TftpOpcode.ERROR) {
                throw failed(
                        "expected DATA " + (taken + 1 & 0xFFFF) + " (block " + (taken + 1) + "), received " + packet);
            }
            if (packet.opcode() != TftpOpcode.DATA || packet.number() != (taken + 1 & 0xFFFF)) {
                require(isOld(packet, taken), "expected DATA " + (taken + 1 & 0xFFFF) + ", received " + packet);
                continue;
            }
            attempts = 0;
            taken++;
            byte[] payload = packet.payload();
            require(payload.length <= blksize, packet + ": more than the agreed " + blksize + " bytes");
            content.writeBytes(payload);
            boolean last = payload.length < blksize;
            if (last || taken % window == 0) {
                ack(taken);
            }
            if (last) {
                return content.toByteArray();
            }
        }
        throw failed("an endless file: more than " + taken + " blocks");
    }

    /** Returns whether a packet is an OACK, or a block of the last window. */
    private static boolean isOld(Packet packet, long taken) {
        return packet.opcode() == TftpOpcode.OACK
                || packet.opcode() == TftpOpcode.DATA && (taken - packet.number() & 0xFFFF) < 0x8000;
    }

    /**
     * Sends a file from DATA 1 on, each window after the ACK of the last.
     *
     * @param blksize the agreed block size
     * @param window the agreed window
     */
    void upload(byte[] content, int blksize, int window) {
        upload(content, blksize, window, 0);
    }

    /** Sends the blocks of a file after {@code done}, each window after the ACK of the last. */
    void upload(byte[] content, int blksize, int window, long done) {
        long blocks = content.length / blksize + 1;
        for (long sent = done; sent < blocks; ) {
            sent = uploadWindow(content, blksize, sent, Math.min(blocks, sent + window));
        }
    }

    /** Sends the blocks after {@code sent}, and returns the one that was acknowledged. */
    private long uploadWindow(byte[] content, int blksize, long sent, long end) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            for (long block = sent + 1; block <= end; block++) {
                send(Datagrams.data(block, Datagrams.block(content, block, blksize)));
            }
            for (Packet packet = any(timing.replyTimeout()); packet != null; packet = any(timing.replyTimeout())) {
                require(packet.opcode() != TftpOpcode.ERROR, unexpected("ACK " + (end & 0xFFFF), packet));
                long acknowledged = packet.number() - sent & 0xFFFF;
                if (packet.opcode() == TftpOpcode.ACK && acknowledged > 0 && acknowledged <= end - sent) {
                    remember(packet);
                    return sent + acknowledged;
                }
            }
        }
        if (gone.getAsBoolean()) {
            throw noReply();
        }
        throw failed("no ACK " + (end & 0xFFFF) + " (block " + end + ") after " + ATTEMPTS + " attempts");
    }

    /** Ends what may be left of a transfer, and closes the socket. */
    @Override
    public void close() {
        if (other != null && !other.equals(listener)) {
            endpoint.send(other, Datagrams.error(0, "the check is over"));
        }
        endpoint.close();
    }
}

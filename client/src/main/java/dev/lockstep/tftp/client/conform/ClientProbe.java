package dev.lockstep.tftp.client.conform;

import static dev.lockstep.tftp.client.conform.CheckEnd.assume;
import static dev.lockstep.tftp.client.conform.CheckEnd.failed;
import static dev.lockstep.tftp.client.conform.CheckEnd.require;

import dev.lockstep.tftp.codec.TftpOpcode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Environment of the script of a client's check: a server that does what the script says. A script starts the client
 * with {@link #get} or {@link #put}, and replies with {@link #begin} or by itself.
 */
public final class ClientProbe implements CheckEnvironment {
    private static final String FILE = "conform-file";
    private static final int LARGEST = 1400;
    private static final double NANOS = 1e9;

    private final ClientSession session;
    private final Transcript transcript;
    private final Network.Capture capture;
    private final List<Peer> peers = new ArrayList<>();
    private TestedClient.Running running;
    private Packet request;
    private Peer listener;
    private Peer peer;
    private int blksize = Peer.BLKSIZE;
    private byte[] content;

    ClientProbe(ClientSession session, Transcript transcript, Network.Capture capture) {
        this.session = session;
        this.transcript = transcript;
        this.capture = capture;
    }

    Timing timing() {
        return session.timing();
    }

    /** Starts the client to get a file, and receives its request. */
    Packet get() throws IOException {
        return get(FILE);
    }

    private Packet get(String name) throws IOException {
        startGet(name);
        return awaitRequest(TftpOpcode.RRQ);
    }

    /** Starts the client to get a file. */
    void startGet(String name) throws IOException {
        assume(session.client().gets(), "needs --client");
        listener = open();
        running = session.client().get(listener.address(), name);
    }

    /** Starts the client to put a file, and receives its request. */
    Packet put(byte[] sent) throws IOException {
        assume(session.client().puts(), "needs --client-put");
        listener = open();
        content = sent;
        running = session.client().put(listener.address(), FILE, sent);
        return awaitRequest(TftpOpcode.WRQ);
    }

    private Packet awaitRequest(int opcode) throws IOException {
        request = listener.raw(session.longestStart());
        require(request != null, "the client sends no request");
        require(request.opcode() == opcode, "expected a request, received " + request);
        peer = open().talkTo(request.remote());
        return request;
    }

    /** Receives the next datagram that the client sends to the listening port; null if there is none in time. */
    Packet nextRequest(long nanos) {
        return listener.raw(nanos);
    }

    /** Receives the next datagram to the listening port that is no copy of a request; null if there is none in time. */
    Packet nextRequestAfter(Packet first, long nanos) {
        long end = now() + nanos;
        Packet packet = nextRequest(nanos);
        while (packet != null && packet.is(first.bytes())) {
            packet = nextRequest(end - now());
        }
        return packet;
    }

    /** Opens another socket that sends to the client. */
    Peer otherPeer() throws IOException {
        return open().talkTo(request.remote());
    }

    private Peer open() throws IOException {
        Peer opened = new Peer(
                session.network(), session.network().open(capture), session.timing(), transcript::add, this::hasEnded);
        peers.add(opened);
        return opened;
    }

    private boolean hasEnded() {
        return running != null && running.await(0).isPresent();
    }

    /** Returns the socket of the transfer. */
    Peer peer() {
        return peer;
    }

    /** Moves the transfer to the sender of another request. */
    void restart(Packet other) throws IOException {
        request = other;
        peer = open().talkTo(other.remote());
    }

    /** Returns the options of the request; skips the check if there are none. */
    Map<String, String> options() {
        assume(!request.options().isEmpty(), "the client requests no options");
        return request.options();
    }

    /** Skips the check unless the client requests this option; returns its value. */
    String option(String name) {
        String value = request.options().get(name);
        assume(value != null, "the client does not request " + name);
        return value;
    }

    /** Returns the value of an option that the client requests; fails unless it is a number above zero. */
    long number(String name) {
        String value = option(name);
        require(value.matches("[1-9]\\d{0,8}"), "requested " + name + "=" + value + " (expected: a number above 0)");
        return Long.parseLong(value);
    }

    int blksize() {
        return blksize;
    }

    byte[] content() {
        return content;
    }

    /** Sets the file that is sent without any option. */
    void plain(int blocks, int more) {
        blksize = Peer.BLKSIZE;
        content = Datagrams.pattern(blocks * blksize + more);
    }

    /**
     * Begins a transfer as most servers do: grants blksize, timeout and tsize if they were requested.
     *
     * @param blocks the full blocks of the file, if the client gets it
     * @param more its bytes after them
     */
    void begin(int blocks, int more) {
        begin(LARGEST, blocks, more, Map.of());
    }

    /**
     * Begins a transfer.
     *
     * @param largest the largest block size to grant
     * @param others more options to grant
     */
    void begin(int largest, int blocks, int more, Map<String, String> others) {
        Map<String, String> granted = new LinkedHashMap<>();
        Map<String, String> asked = request.options();
        if (asked.containsKey("blksize")) {
            blksize = (int) Math.min(largest, number("blksize"));
            granted.put("blksize", "" + blksize);
        }
        boolean isGet = request.opcode() == TftpOpcode.RRQ;
        if (isGet) {
            content = Datagrams.pattern(blocks * blksize + more);
        }
        if (asked.containsKey("tsize")) {
            granted.put("tsize", isGet ? "" + content.length : asked.get("tsize"));
        }
        if (asked.containsKey("timeout")) {
            granted.put("timeout", asked.get("timeout"));
        }
        granted.putAll(others);
        if (!granted.isEmpty()) {
            oack(granted);
            if (isGet) {
                peer.expectAck(0);
            }
        } else if (!isGet) {
            peer.ack(0);
        }
    }

    /** Sends an OACK. */
    void oack(Map<String, String> granted) {
        peer.send(Datagrams.oack(granted.entrySet().stream()
                .flatMap(option -> List.of(option.getKey(), option.getValue()).stream())
                .toArray(String[]::new)));
    }

    /** Returns a block of the file. */
    byte[] dataOf(long block) {
        return Datagrams.data(block, Datagrams.block(content, block, blksize));
    }

    /** Sends a block of the file. */
    void data(long... blocks) {
        for (long block : blocks) {
            peer.send(dataOf(block));
        }
    }

    /** Sends the blocks after {@code done}, and expects that the client ends with the whole file. */
    void finishGet(long done) throws IOException {
        finishGet(done, 1);
    }

    void finishGet(long done, int window) throws IOException {
        peer.upload(content, blksize, window, done);
        requireGot();
    }

    /** Expects that the client ends successfully with the whole file. */
    void requireGot() throws IOException {
        int exit = awaitEnd();
        require(exit == 0, "exit status " + exit + " (expected: 0)");
        byte[] got = running.file();
        require(got != null, "there is no file");
        int at = Arrays.mismatch(got, content);
        require(
                at < 0,
                "the file differs from byte " + at + " on: " + got.length + " bytes (expected: " + content.length
                        + ")");
    }

    /** Sends a text in netascii; the client has it right if its file is the text. */
    void text() {
        content = ServedFile.TEXT.content();
        if (request.options().containsKey("blksize")) {
            oack(Map.of("blksize", "" + Peer.BLKSIZE));
            peer.expectAck(0);
        }
        peer.upload(ServedFile.netascii(content), Peer.BLKSIZE, 1);
    }

    /** Returns whether the client requests an option for an upload. */
    boolean asksToPut(String option) throws IOException {
        assume(session.client().puts(), "needs --client-put");
        Peer probe = open();
        TestedClient.Running upload = session.client().put(probe.address(), FILE, new byte[1]);
        try {
            Packet asked = probe.raw(session.longestStart());
            return asked != null && asked.options().containsKey(option);
        } finally {
            upload.close();
        }
    }

    /** Returns the time after which a request is missing. */
    long startTime() {
        return session.longestStart();
    }

    /** Receives the rest of an upload whose next block is the next datagram, and expects that the client succeeds. */
    void finishPut(byte[] received, int window) {
        byte[] rest = peer.download(blksize, window, received.length / blksize);
        byte[] all = Datagrams.concat(received, rest);
        int at = Arrays.mismatch(all, content);
        require(
                at < 0,
                "the upload differs from byte " + at + " on: " + all.length + " bytes (expected: " + content.length
                        + ")");
        int exit = awaitEnd();
        require(exit == 0, "exit status " + exit + " (expected: 0)");
    }

    /** Expects that the client ends with an error, and does not take the file for whole. */
    void requireFailure() {
        int exit = awaitEnd();
        require(exit != 0, "exit status 0 (expected: another)");
    }

    /** Expects an ERROR from the client, and that it ends with an error. */
    void requireRefusal() {
        Packet packet = peer.next();
        require(packet.opcode() == TftpOpcode.ERROR, "expected an ERROR, received " + packet);
        requireFailure();
    }

    private int awaitEnd() {
        long limit = timing().replyTimeout() + session.longestStart();
        OptionalInt exit = running.await(limit);
        return exit.orElseThrow(
                () -> failed(String.format(Locale.ROOT, "the client still runs after %.1f s", limit / NANOS)));
    }

    /** Returns whether the client ends within this time. */
    boolean endsWithin(long nanos) {
        return running.await(nanos).isPresent();
    }

    long now() {
        return session.network().nanoTime();
    }

    @Override
    public void close() {
        if (running != null) {
            running.close();
        }
        peers.forEach(Peer::close);
    }
}

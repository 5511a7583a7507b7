package dev.lockstep.tftp.client.conform;

import static dev.lockstep.tftp.client.conform.CheckEnd.assume;
import static dev.lockstep.tftp.client.conform.CheckEnd.skipped;

import dev.lockstep.tftp.client.conform.Network.Endpoint;
import dev.lockstep.tftp.codec.TftpOpcode;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * State that the checks of one server share: its measured times, the files that it serves, and how it accepts uploads. Files
 * are placed when a check first needs them: in the folder of the server, or by an upload.
 */
final class ServerSession {
    private static final int SAMPLES = 4;
    private static final long LONGEST_RTO = Timing.seconds(15);
    private static final int NEEDED_BLOCKS = 12;
    private static final String NO_FILES =
            "no file to read (expected: --upload-dir, --file, or a server that accepts" + " uploads)";

    private final ServerTarget target;
    private final Timing timing;
    private final Map<ServedFile, Optional<Placed>> placed;
    private final Set<String> created;
    private final AtomicInteger uploads;
    /** The obstacle to an upload: empty for none, or the reason why none is possible. */
    private final Uploads accepted;

    /** A file that the server has. */
    record Placed(String name, byte[] content) {}

    /**
     * The way uploads are accepted.
     *
     * @param refusal the reason if they are not; null otherwise
     * @param existing whether only existing files can be written
     */
    private record Uploads(String refusal, boolean existing) {}

    private ServerSession(ServerTarget target, Timing timing, Uploads accepted, ServerSession base) {
        this.target = target;
        this.timing = timing;
        this.accepted = accepted;
        placed = base == null ? new EnumMap<>(ServedFile.class) : base.placed;
        created = base == null ? new HashSet<>() : base.created;
        uploads = base == null ? new AtomicInteger() : base.uploads;
    }

    /**
     * Measures a server.
     *
     * @throws IOException if it does not reply
     */
    static ServerSession measure(ServerTarget target) throws IOException {
        long reply = 0;
        for (int sample = 0; sample < SAMPLES; sample++) {
            long time = target.network().with(null, endpoint -> replyTime(target, endpoint));
            if (time == Long.MAX_VALUE) {
                throw new IOException("no reply");
            }
            reply = sample == 0 ? 0 : Math.max(reply, time); // the first one may load code at both ends
        }
        ServerSession first = new ServerSession(
                target, new Timing(reply, Timing.UNKNOWN.rto(), 1), new Uploads("unknown", false), null);
        ServerSession second = new ServerSession(target, first.timing, first.tryUpload(), first);
        try {
            return new ServerSession(
                    target, new Timing(reply, second.retransmissionTimeout(), 1), second.accepted, second);
        } catch (IOException e) {
            second.cleanUp();
            throw e;
        }
    }

    private static long replyTime(ServerTarget target, Endpoint endpoint) {
        long begin = target.network().nanoTime();
        byte[] request = Datagrams.rrq(target.file().orElse("conform-missing"));
        for (int attempt = 0; attempt < SAMPLES; attempt++) {
            endpoint.send(target.address(), request);
            Network.Received received = endpoint.receive(Timing.UNKNOWN.rto());
            if (received != null) {
                endpoint.send(received.from(), Datagrams.error(0, "measured"));
                return received.nanos() - begin;
            }
        }
        return Long.MAX_VALUE;
    }

    private Uploads tryUpload() throws IOException {
        String name = newName("probe");
        Optional<String> refusal = upload(name, new byte[1]);
        if (refusal.isPresent() && target.folder().isPresent()) {
            target.folder().get().write(name, new byte[0]);
            created.add(name);
            if (upload(name, new byte[1]).isEmpty()) {
                return new Uploads(null, true);
            }
        }
        return new Uploads(
                refusal.map(reason -> "the server accepts no uploads: " + reason)
                        .orElse(null),
                false);
    }

    /** Uploads a file; returns the reason if that fails. */
    private Optional<String> upload(String name, byte[] content) throws IOException {
        try (Peer peer = newPeer()) {
            peer.ask(target.address(), Datagrams.wrq(name));
            Packet reply = peer.next();
            if (reply.opcode() != TftpOpcode.ACK) {
                return Optional.of(reply.toString());
            }
            peer.upload(content, Peer.BLKSIZE, 1);
            created.add(name);
            return Optional.empty();
        } catch (CheckEnd failed) {
            return Optional.of(failed.getMessage());
        }
    }

    private long retransmissionTimeout() throws IOException {
        try (Peer peer = newPeer()) {
            peer.ask(target.address(), Datagrams.rrq(file(ServedFile.LARGE).name()));
            Packet first = peer.next();
            if (first.opcode() == TftpOpcode.ERROR && target.folder().isPresent()) {
                throw new IOException("--upload-dir: the server does not serve " + ServedFile.LARGE.filename()
                        + " from that folder: " + first);
            }
            long begin = first.nanos();
            Packet again = peer.any(LONGEST_RTO);
            return again == null ? Timing.UNKNOWN.rto() : again.nanos() - begin;
        } catch (CheckEnd unknown) {
            return Timing.UNKNOWN.rto();
        }
    }

    private Peer newPeer() throws IOException {
        return new Peer(target.network(), target.network().open(null), timing, packet -> {});
    }

    /** Returns a session with other times. */
    ServerSession with(Timing other) {
        return new ServerSession(target, other, accepted, this);
    }

    ServerTarget target() {
        return target;
    }

    Timing timing() {
        return timing;
    }

    /** Returns the folder of the server; skips the check if there is none. */
    ServerFolder folder() {
        return target.folder().orElseThrow(() -> skipped("needs --upload-dir"));
    }

    /** Returns a file that the server has; skips the check if it cannot have it. */
    synchronized Placed file(ServedFile file) throws IOException {
        if (!placed.containsKey(file)) {
            placed.put(file, place(file));
        }
        return placed.get(file).orElseThrow(() -> skipped(NO_FILES));
    }

    private Optional<Placed> place(ServedFile file) throws IOException {
        Placed wanted = new Placed(file.filename(), file.content());
        if (target.folder().isPresent()) {
            target.folder().get().write(wanted.name, wanted.content);
            created.add(wanted.name);
            return Optional.of(wanted);
        }
        if (file == ServedFile.LARGE && target.file().isPresent()) {
            byte[] content = download(target.file().get())
                    .orElseThrow(() -> skipped("--file " + target.file().get() + ": cannot be read"));
            assume(
                    content.length >= NEEDED_BLOCKS * Peer.BLKSIZE,
                    "--file " + target.file().get() + ": too short");
            return Optional.of(new Placed(target.file().get(), content));
        }
        if (accepted.refusal == null && upload(wanted.name, wanted.content).isEmpty()) {
            return Optional.of(wanted);
        }
        return download(wanted.name)
                .filter(content -> Arrays.equals(content, wanted.content))
                .map(content -> wanted); // of an earlier run
    }

    /** Reads a file; empty if that fails. */
    Optional<byte[]> download(String name) throws IOException {
        try (Peer peer = newPeer()) {
            peer.ask(target.address(), Datagrams.rrq(name));
            return Optional.of(peer.download(Peer.BLKSIZE, 1));
        } catch (CheckEnd failed) {
            return Optional.empty();
        }
    }

    /** Returns the name for an upload of a check; skips the check if the server accepts none. */
    synchronized String newUpload(String check) throws IOException {
        assume(accepted.refusal == null, accepted.refusal);
        String name = newName(check);
        if (accepted.existing) {
            target.folder().orElseThrow().write(name, new byte[0]);
        }
        created.add(name);
        return name;
    }

    private String newName(String check) {
        return "conform-" + target.tag() + "-" + check + "-" + uploads.incrementAndGet();
    }

    /**
     * Returns how what an upload has left differs from the expected content; empty if it does not, or if the server does
     * not show it. Waits for the expected content: a server may acknowledge before it has written.
     */
    Optional<String> difference(String name, byte[] expected) throws IOException {
        long end = target.network().nanoTime() + timing.grace();
        while (true) {
            Optional<String> difference = currentDifference(name, expected);
            if (difference.isEmpty() || target.network().nanoTime() >= end) {
                return difference;
            }
            target.network().sleep(timing.grace() / SAMPLES);
        }
    }

    private Optional<String> currentDifference(String name, byte[] expected) throws IOException {
        byte[] stored;
        if (target.folder().isPresent()) {
            stored = target.folder().get().read(name);
            if (stored == null) {
                return Optional.of("the file is missing");
            }
        } else {
            stored = download(name).orElse(expected);
        }
        if (Arrays.equals(stored, expected)) {
            return Optional.empty();
        }
        return Optional.of("the stored file has " + stored.length + " bytes (expected: "
                + (stored.length == expected.length ? "other content)" : expected.length + ")"));
    }

    /** Returns the name of the large file, or of a missing one if the server does not have it. */
    synchronized String knownName() {
        return placed.getOrDefault(ServedFile.LARGE, Optional.empty())
                .map(Placed::name)
                .orElse("conform-missing");
    }

    /** Deletes what the checks have left in the folder of the server. */
    synchronized void cleanUp() throws IOException {
        if (target.folder().isPresent()) {
            for (String name : created) {
                target.folder().get().delete(name);
            }
        }
    }
}

package dev.lockstep.tftp.client.conform;

import static dev.lockstep.tftp.client.conform.CheckEnd.failed;

import dev.lockstep.tftp.client.conform.ServerSession.Placed;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Environment of the script of a server's check. */
public final class ServerProbe implements CheckEnvironment {
    private static final int ATTEMPTS = 4;

    private final String check;
    private final ServerSession session;
    private final Transcript transcript;
    private final Network.Capture capture;
    private final List<Peer> peers = new ArrayList<>();

    ServerProbe(String check, ServerSession session, Transcript transcript, Network.Capture capture) {
        this.check = check;
        this.session = session;
        this.transcript = transcript;
        this.capture = capture;
    }

    Timing timing() {
        return session.timing();
    }

    ServerFolder folder() {
        return session.folder();
    }

    Optional<ServerFolder> folderIfKnown() {
        return session.target().folder();
    }

    Placed file(ServedFile file) throws IOException {
        return session.file(file);
    }

    /** Opens a socket. */
    Peer peer() throws IOException {
        Network network = session.target().network();
        Peer peer = new Peer(network, network.open(capture), session.timing(), transcript::add);
        peers.add(peer);
        return peer;
    }

    /** Sends a request from a new socket. */
    Peer ask(byte[] request) throws IOException {
        return ask(peer(), request);
    }

    /** Sends a request. */
    Peer ask(Peer peer, byte[] request) {
        return peer.ask(session.target().address(), request);
    }

    /** Requests a file to read; the options are alternating names and values. */
    Peer read(ServedFile file, String... options) throws IOException {
        return ask(Datagrams.rrq(file(file).name(), options));
    }

    /** Sends a datagram to the listening port. */
    void sendToListener(Peer peer, byte[] datagram) {
        peer.sendTo(session.target().address(), datagram);
    }

    /** Returns the name of a new upload. */
    String newUpload() throws IOException {
        return session.newUpload(check);
    }

    /** Fails if the server has stored something else. */
    void requireStored(String name, byte[] content) throws IOException {
        Optional<String> difference = session.difference(name, content);
        if (difference.isPresent()) {
            readForCapture(name);
            throw failed(difference.get());
        }
    }

    private void readForCapture(String name) throws IOException {
        try {
            Peer peer = ask(Datagrams.rrq(name));
            peer.putBack(peer.next());
            peer.download(Peer.BLKSIZE, 1);
        } catch (CheckEnd unreadable) {
            // the capture shows the reply
        }
    }

    /** Fails unless the server still replies. */
    void requireAlive(String after) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (ask(Datagrams.rrq(session.knownName())).poll(timing().replyTimeout()) != null) {
                return;
            }
        }
        throw failed("the server no longer replies after " + after);
    }

    long now() {
        return session.target().network().nanoTime();
    }

    void sleep(long nanos) {
        session.target().network().sleep(nanos);
    }

    boolean isListener(Peer peer) {
        return peer.other().equals(session.target().address());
    }

    InetAddress serverAddress() {
        return session.target().address().getAddress();
    }

    @Override
    public void close() {
        peers.forEach(Peer::close);
    }
}

package dev.lockstep.tftp.harness;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A server whose actions the test lists line by line. It takes requests and replies to each from a port of its own.
 *
 * <pre>
 *   Datagram request = server.awaitRequest();
 *   RawSocketPeer tid = server.answerer(request);
 *   tid.send(oack("blksize", "1024"));
 *   tid.expect(ack(0));
 * </pre>
 */
public final class FakeServer implements AutoCloseable {
    private static final Duration CLIENT_START = Duration.ofSeconds(120);

    private final RawSocketPeer listener = new RawSocketPeer();
    private final List<RawSocketPeer> answerers = new ArrayList<>();

    public int port() {
        return listener.port();
    }

    public String url(String path) {
        return "tftp://127.0.0.1:" + port() + "/" + path;
    }

    /** Waits for the next datagram to the listening port. */
    public Datagram awaitRequest() {
        return listener.poll(CLIENT_START).orElseGet(() -> fail("no request received within " + CLIENT_START));
    }

    /** Opens a fresh port whose peer is the sender of a request. */
    public RawSocketPeer answerer(Datagram request) {
        RawSocketPeer answerer = new RawSocketPeer().talkTo(request.from());
        answerers.add(answerer);
        return answerer;
    }

    /** Returns the peer of the listening port itself. */
    public RawSocketPeer listener() {
        return listener;
    }

    @Override
    public void close() {
        listener.close();
        answerers.forEach(RawSocketPeer::close);
    }
}

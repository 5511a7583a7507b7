package dev.lockstep.tftp.client.conform;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/** Runs the checks of a server. */
public final class ServerRun {
    private static final int TAGS = 36 * 36 * 36 * 36;
    private static final int RADIX = 36;

    private final InetSocketAddress server;
    private final Optional<ServerFolder> folder;
    private final Optional<String> file;
    private final boolean captures;

    /**
     * Creates a run.
     *
     * @param server the listening port
     * @param folder the folder that the server serves; null if the tester has no access
     * @param file the name of a file that the server serves; null if none is known
     * @param captures whether failed checks have a capture
     */
    public ServerRun(InetSocketAddress server, Path folder, String file, boolean captures) {
        this.server = server;
        this.folder = Optional.ofNullable(folder).map(LocalFolder::new);
        this.file = Optional.ofNullable(file);
        this.captures = captures;
    }

    /** Returns all checks in the order of the table of cases. */
    public static List<Check<ServerProbe>> checks() {
        return ServerChecks.all();
    }

    /**
     * Measures the server and runs checks.
     *
     * @param checks the checks to run
     * @param parallel how many run at once
     * @param listener receives each result when it is known, on any thread
     * @return the results in the order of the checks
     * @throws IOException if the server does not reply
     */
    public List<CheckResult> run(List<Check<ServerProbe>> checks, int parallel, Consumer<CheckResult> listener)
            throws IOException, InterruptedException {
        String tag = Integer.toString(ThreadLocalRandom.current().nextInt(TAGS), RADIX)
                .toLowerCase(Locale.ROOT);
        try (UdpNetwork network = new UdpNetwork(localAddress(), captures)) {
            ServerSession session = ServerSession.measure(new ServerTarget(server, network, folder, file, tag));
            try {
                return runner(session, listener).run(checks, parallel);
            } finally {
                session.cleanUp();
            }
        }
    }

    /** Returns a runner for a server that was measured. */
    static CheckRunner<ServerProbe> runner(ServerSession session, Consumer<CheckResult> listener) {
        return new CheckRunner<>(
                (check, factor, transcript, capture) -> new ServerProbe(
                        check.id(), session.with(session.timing().times(factor)), transcript, capture),
                session.target().network(),
                listener);
    }

    /** Returns the address of this machine that the server sees. */
    private InetAddress localAddress() throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server);
            return socket.getLocalAddress();
        }
    }
}

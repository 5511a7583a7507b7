package dev.lockstep.tftp.client.conform;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/** Runs the checks of a client. */
public final class ClientRun {
    private final TestedClient client;
    private final boolean captures;

    /**
     * Creates a run.
     *
     * @param client the commands of the client
     * @param captures whether failed checks have a capture
     */
    public ClientRun(ClientCommand client, boolean captures) {
        this.client = client;
        this.captures = captures;
    }

    /** Returns all checks in the order of the table of cases. */
    public static List<Check<ClientProbe>> checks() {
        return ClientChecks.all();
    }

    /**
     * Measures the client and runs checks.
     *
     * @param checks the checks to run
     * @param parallel how many run at once
     * @param listener receives each result when it is known, on any thread
     * @return the results in the order of the checks
     * @throws IOException if the client sends no request
     */
    public List<CheckResult> run(List<Check<ClientProbe>> checks, int parallel, Consumer<CheckResult> listener)
            throws IOException, InterruptedException {
        try (UdpNetwork network = new UdpNetwork(InetAddress.getByName("127.0.0.1"), captures)) {
            return runner(ClientSession.measure(client, network), listener).run(checks, parallel);
        }
    }

    /** Returns a runner for a client that was measured. */
    static CheckRunner<ClientProbe> runner(ClientSession session, Consumer<CheckResult> listener) {
        return new CheckRunner<>(
                (check, factor, transcript, capture) ->
                        new ClientProbe(session.with(session.timing().times(factor)), transcript, capture),
                session.network(),
                listener);
    }
}

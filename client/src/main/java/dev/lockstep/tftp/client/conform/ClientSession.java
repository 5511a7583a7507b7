package dev.lockstep.tftp.client.conform;

import dev.lockstep.tftp.client.conform.Network.Endpoint;
import dev.lockstep.tftp.client.conform.Network.Received;
import java.io.IOException;

/**
 * The state that the checks of one client share.
 *
 * @param client the client
 * @param network how it is reached
 * @param timing the times of a reply and of a retransmission
 * @param start the time until the first request
 */
record ClientSession(TestedClient client, Network network, Timing timing, long start) {
    private static final long LONGEST_START = Timing.seconds(60);
    private static final long LONGEST_RTO = Timing.seconds(12);
    private static final int SLACK = 4;

    /**
     * Measures a client: the time until its first request and, since that is not answered, until the second.
     *
     * @throws IOException if there is no request
     */
    static ClientSession measure(TestedClient client, Network network) throws IOException {
        try (Endpoint listener = network.open(null)) {
            long begin = network.nanoTime();
            TestedClient.Running running = client.gets()
                    ? client.get(listener.address(), "conform-measure")
                    : client.put(listener.address(), "conform-measure", new byte[1]);
            try {
                Received first = listener.receive(LONGEST_START);
                if (first == null) {
                    throw new IOException("no request was received");
                }
                long start = first.nanos() - begin;
                Received second = listener.receive(LONGEST_RTO);
                long rto = second == null ? Timing.UNKNOWN.rto() : second.nanos() - first.nanos();
                return new ClientSession(client, network, new Timing(Timing.seconds(1) / 10, rto, 1), start);
            } finally {
                running.close();
            }
        }
    }

    /** Returns the time after which a request is missing. A client that ends before is noticed at once. */
    long longestStart() {
        return timing.factor() * Math.max(LONGEST_START, SLACK * start);
    }

    ClientSession with(Timing other) {
        return new ClientSession(client, network, other, start);
    }
}

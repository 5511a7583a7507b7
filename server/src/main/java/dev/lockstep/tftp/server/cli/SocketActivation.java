package dev.lockstep.tftp.server.cli;

import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Sockets that whoever started the daemon has bound for it, so that it needs no right to the port itself. */
final class SocketActivation {
    private static final int FIRST_DESCRIPTOR = 3;
    private static final int MOST = 64;

    private SocketActivation() {}

    /**
     * Those of a systemd socket unit (sd_listen_fds(3): {@code LISTEN_PID} and {@code LISTEN_FDS}), else standard input,
     * if it is a UDP socket: so do inetd, in its mode "wait", and {@code StandardInput=socket}.
     *
     * @param pid of this process: sockets that are meant for another one are left alone
     */
    static List<Integer> descriptors(Map<String, String> environment, long pid) throws IOException {
        if (Long.toString(pid).equals(environment.get("LISTEN_PID"))) {
            int count = count(environment.getOrDefault("LISTEN_FDS", ""));
            return IntStream.range(FIRST_DESCRIPTOR, FIRST_DESCRIPTOR + count)
                    .boxed()
                    .toList();
        }
        return System.inheritedChannel() instanceof DatagramChannel ? List.of(0) : List.of();
    }

    private static int count(String text) {
        try {
            int count = Integer.parseInt(text);
            if (count >= 1 && count <= MOST) {
                return count;
            }
        } catch (NumberFormatException ignored) {
            // told below
        }
        throw new IllegalArgumentException("LISTEN_FDS: " + text + " (expected: 1 to " + MOST + ")");
    }
}

package dev.lockstep.tftp.server.internal.service;

import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Finds the sockets that the parent process has bound (socket activation), so that the daemon needs no permission to
 * bind the port.
 */
public final class SocketActivation {
    private static final int FIRST_DESCRIPTOR = 3;
    private static final int MAX_SOCKETS = 64;

    private SocketActivation() {}

    /**
     * Returns the descriptors of the sockets of a systemd socket unit (sd_listen_fds(3): {@code LISTEN_PID} and {@code
     * LISTEN_FDS}), or else standard input if it is a UDP socket, as passed by inetd in its mode "wait" and by {@code
     * StandardInput=socket}.
     *
     * @param pid the ID of this process; sockets for another process are ignored
     * @throws IllegalArgumentException if {@code LISTEN_FDS} is invalid
     */
    public static List<Integer> descriptors(Map<String, String> environment, long pid) throws IOException {
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
            if (count >= 1 && count <= MAX_SOCKETS) {
                return count;
            }
        } catch (NumberFormatException ignored) {
            // reported below
        }
        throw new IllegalArgumentException("LISTEN_FDS: " + text + " (expected: 1 to " + MAX_SOCKETS + ")");
    }
}

package dev.lockstep.tftp.interop;

import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The paths of the programs on this machine. */
final class Peers {

    static final Path REPOSITORY =
            Path.of(System.getProperty("user.dir")).resolve("..").normalize();

    /** The time limit of a program, generous for a busy machine. */
    static final Duration LIMIT = Duration.ofMinutes(10);

    private Peers() {}

    /** Starts a program whose messages are in English. */
    static Run start(Path folder, Map<String, String> environment, List<String> command) {
        Map<String, String> variables = new HashMap<>(environment);
        variables.put("LC_ALL", "C.UTF-8");
        return Run.start(folder, variables, command);
    }

    static Run.Result run(Path folder, List<String> command) {
        return run(folder, command, LIMIT);
    }

    static Run.Result run(Path folder, List<String> command, Duration limit) {
        try (Run run = start(folder, Map.of(), command)) {
            return run.await(limit);
        }
    }

    /** Returns the launcher of one of our programs, for example {@code launcher("server", "tftpd")}. */
    static String launcher(String module, String name) {
        return REPOSITORY.resolve(module).resolve("bin").resolve(name).toString();
    }

    /**
     * Returns the path of atftpd. On Debian it conflicts with tftpd-hpa, so it is unpacked and {@code ATFTPD} has its
     * path.
     */
    static String atftpd() {
        Path[] places = Stream.of(
                        System.getProperty("interop.atftpd"),
                        System.getenv("ATFTPD"),
                        "/tmp/atftpd/usr/sbin/atftpd",
                        REPOSITORY + "/integration-tests/target/atftpd/usr/sbin/atftpd")
                .filter(Objects::nonNull)
                .map(Path::of)
                .toArray(Path[]::new);
        return Tool.named("atftpd", places);
    }

    /** Returns a UDP port that is free at this moment. */
    static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (SocketException e) {
            throw new IllegalStateException("no free UDP port", e);
        }
    }
}

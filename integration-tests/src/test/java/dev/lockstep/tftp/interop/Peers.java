package dev.lockstep.tftp.interop;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Where the programs are on this machine. */
final class Peers {

    static final Path REPOSITORY =
            Path.of(System.getProperty("user.dir")).resolve("..").normalize();

    private static final boolean ALL_REQUIRED = "true".equals(System.getenv("CI"));

    private Peers() {}

    /** One of ours: {@code launcher("server", "tftpd")}. */
    static String launcher(String module, String name) {
        Path launcher = REPOSITORY.resolve(module).resolve("bin").resolve(name);
        return Files.isExecutable(launcher) ? launcher.toString() : missing(launcher.toString());
    }

    /** A program by its name, from the PATH or the folders for daemons, which a user's PATH may leave out. */
    static String program(String name) {
        Stream<Path> folders = Stream.concat(
                        Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(Path::of);
        return first(name, folders.map(folder -> folder.resolve(name)));
    }

    /** Debian's atftpd conflicts with tftpd-hpa, so it is unpacked and not installed: {@code ATFTPD} says where. */
    static String atftpd() {
        Stream<String> told = Stream.of(System.getProperty("interop.atftpd"), System.getenv("ATFTPD"))
                .filter(Objects::nonNull);
        List<String> usual = List.of(
                "/tmp/atftpd/usr/sbin/atftpd",
                REPOSITORY
                        .resolve("integration-tests/target/atftpd/usr/sbin/atftpd")
                        .toString(),
                "/usr/sbin/atftpd");
        return first("atftpd", Stream.concat(told, usual.stream()).map(Path::of));
    }

    /** A UDP port that nobody has at this moment. */
    static int freePort() {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (SocketException e) {
            throw new IllegalStateException("no free UDP port", e);
        }
    }

    private static String first(String name, Stream<Path> candidates) {
        return candidates
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElseGet(() -> missing(name));
    }

    private static String missing(String name) {
        String message = name + " isn't on this machine";
        return ALL_REQUIRED ? fail(message) : abort(message);
    }
}

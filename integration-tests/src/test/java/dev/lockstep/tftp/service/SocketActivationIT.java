package dev.lockstep.tftp.service;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Socket activation: a tool of systemd binds the sockets, waits for a request, and starts the daemon. */
@Timeout(120)
class SocketActivationIT {
    private static final byte[] CONTENT = pattern(3_000);

    @TempDir
    private Path root;

    private int port;

    @BeforeEach
    void a_file_and_a_port() throws IOException {
        Tool.needed("systemd-socket-activate");
        Files.write(root.resolve("file"), CONTENT);
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getByName("::"))) {
            port = free.getLocalPort();
        }
    }

    private Run activate(String... addresses) {
        return activate(List.of(), List.of(), addresses);
    }

    /** Binds these addresses, which may contain {@code PORT}; the first datagram starts the daemon. */
    private Run activate(List<String> flags, List<String> daemonFlags, String... addresses) {
        List<String> command = new ArrayList<>(List.of("systemd-socket-activate", "--datagram"));
        command.addAll(List.of("-E", "JAVA_OPTS=" + Repository.JAVA_OPTIONS));
        command.addAll(flags);
        for (String address : addresses) {
            command.addAll(List.of("-l", address.replace("PORT", Integer.toString(port))));
        }
        if (flags.contains("--inetd")) { // standard output is the socket as well
            command.addAll(List.of("bash", "-c", "exec \"$@\" >&2", "bash"));
        }
        command.add(Repository.ROOT.resolve("server/bin/tftpd").toString());
        command.addAll(List.of("--root", root.toString(), "--drain", "0"));
        command.addAll(daemonFlags);
        Run run = Run.start(root, Map.of(), command);
        boolean bound = run.awaitErrors(
                text -> text.lines()
                                .filter(line -> line.startsWith("Listening on"))
                                .count()
                        == addresses.length,
                RawSocketPeer.REPLY_TIMEOUT);
        assertThat(bound).as(run.printed()).isTrue();
        return run;
    }

    private void expectServed(String address) {
        try (RawSocketPeer client = new RawSocketPeer(address.contains(":") ? "::1" : "127.0.0.1")) {
            client.ask(new InetSocketAddress(address, port), rrq("file"));
            assertThat(client.download(512, 1)).isEqualTo(CONTENT);
            assertThat(client.peer().getAddress().getHostAddress())
                    .isEqualTo(new InetSocketAddress(address, port).getAddress().getHostAddress());
            client.talkTo(null);
        }
    }

    private static void expectCleanEnd(Run run) {
        // the first request was received before the daemon started: it is served before the daemon logs its address
        expectCleanEnd(run, run.awaitOutput(text -> text.startsWith("Listening port"), RawSocketPeer.REPLY_TIMEOUT));
    }

    private static void expectCleanEnd(Run run, boolean saidThatItListens) {
        assertThat(saidThatItListens).as(run.printed()).isTrue();
        run.terminate();
        Run.Result result = run.await();
        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(result.stderr().replaceFirst("WARN  running as root", "")).doesNotContain("WARN", "ERROR", "LEAK");
    }

    @Test
    void all_sockets_of_a_socket_unit_are_served() {
        try (Run run = activate("127.0.0.1:PORT", "[::1]:PORT")) {
            expectServed("127.0.0.1");
            expectServed("::1");
            assertThat(run.output())
                    .isEqualTo("Listening port " + port + " on 127.0.0.1\nListening port " + port + " on ::1\n");
            expectCleanEnd(run);
        }
    }

    @Test
    void a_wildcard_socket_replies_from_the_destination_address_of_the_request() {
        try (Run run = activate("0.0.0.0:PORT")) {
            expectServed("127.0.0.1");
            expectServed("127.0.0.2");
            expectCleanEnd(run);
        }
    }

    @Test
    void a_dual_stack_socket_replies_from_the_destination_address_of_the_request() {
        try (Run run = activate("PORT")) { // to systemd a port alone means [::] including IPv4
            expectServed("127.0.0.1");
            expectServed("127.0.0.2");
            expectServed("::1");
            expectCleanEnd(run);
        }
    }

    @Test
    void single_port_mode_works() {
        try (Run run = activate(List.of(), List.of("--single-port"), "PORT")) {
            expectServed("127.0.0.1");
            expectServed("::1");
            expectCleanEnd(run);
        }
    }

    @Test
    void standard_input_may_be_a_socket_as_with_inetd() {
        try (Run run = activate(List.of("--inetd"), List.of(), "127.0.0.1:PORT")) {
            expectServed("127.0.0.1");
            expectServed("127.0.0.1");
            expectCleanEnd(run, run.awaitErrors(text -> text.contains("Listening port"), RawSocketPeer.REPLY_TIMEOUT));
        }
    }

    @Test
    void a_socket_that_is_not_udp_is_reported() throws IOException {
        String launcher = Repository.ROOT.resolve("server/bin/tftpd").toString();
        String line = "exec 3</dev/null; export LISTEN_PID=$$ LISTEN_FDS=1; exec " + launcher + " --root " + root;
        Run.Result result = Run.run("bash", "-c", line);
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.stderr()).isEqualTo("tftpd: inherited descriptor 3: no UDP socket\n");
    }
}

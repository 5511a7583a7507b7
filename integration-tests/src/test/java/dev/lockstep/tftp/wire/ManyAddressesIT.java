package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.NetworkNamespace;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests a machine with several addresses in one network, in a namespace: replies come from the address of the request. */
@Timeout(90)
class ManyAddressesIT {
    private static final byte[] TARGET = pattern(2240);

    @TempDir
    private Path root;

    @BeforeEach
    void file() throws IOException {
        Files.write(root.resolve("target"), TARGET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--single-port", "--port-range=7000-7009", "--quiet"})
    @Tag("case-62")
    void case62_a_wildcard_answers_from_the_address_that_was_asked(String flag) {
        try (NetworkNamespace net = new NetworkNamespace(1500)) {
            String second = net.theirAddress() + "2";
            String second6 = net.theirAddress6() + "2";
            net.addTheirAddress(second + "/24");
            net.addTheirAddress(second6 + "/64");
            try (Daemon there = Daemon.servingEverywhereIn(net.starter(), root, flag)) {
                for (String asked : new String[] {net.theirAddress(), second}) {
                    isServed(net.ourAddress(), there.at(asked), flag);
                }
                for (String asked : new String[] {net.theirAddress6(), second6}) {
                    isServed(net.ourAddress6(), there.at(asked), flag);
                }
            }
        }
    }

    private static void isServed(String from, InetSocketAddress asked, String flag) {
        try (RawSocketPeer peer = new RawSocketPeer(from)) {
            peer.ask(asked, rrq("target", "timeout", "255"));
            peer.expectOack();
            assertThat(peer.peer().getAddress()).isEqualTo(asked.getAddress());
            assertThat(peer.peer().getPort() == asked.getPort()).isEqualTo(flag.equals("--single-port"));
            peer.send(ack(0));
            peer.expect(data(1, block(TARGET, 1, 512)));
            peer.send(ack(1));
            peer.expect(data(2, block(TARGET, 2, 512)));
            peer.ask(asked, rrq("missing"));
            peer.expectError(1);
            assertThat(peer.peer().getAddress()).isEqualTo(asked.getAddress());
            peer.talkTo(null);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--single-port", "--quiet"})
    void requests_to_an_address_added_later_are_soon_answered_from_it(String flag) {
        try (NetworkNamespace net = new NetworkNamespace(1500);
                Daemon there = Daemon.servingEverywhereIn(net.starter(), root, flag)) {
            String later = net.theirAddress() + "3";
            String later6 = net.theirAddress6() + "3";
            net.addTheirAddress(later + "/24");
            net.addTheirAddress(later6 + "/64");
            isServed(net.ourAddress(), there.at(later), flag);
            long deadline = System.nanoTime() + RawSocketPeer.REPLY_TIMEOUT.toNanos();
            while (!answersForItself(net.ourAddress6(), there.at(later6))) {
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
            isServed(net.ourAddress6(), there.at(later6), flag);
        }
    }

    /** The IPv6 wildcard does not tell the destination of a request: until the address has a socket, the reply may come from another one. */
    private static boolean answersForItself(String from, InetSocketAddress asked) {
        try (RawSocketPeer peer = new RawSocketPeer(from)) {
            peer.ask(asked, rrq("missing"));
            Optional<Datagram> answer = peer.poll(Duration.ofMillis(300));
            return answer.isPresent() && answer.get().from().getAddress().equals(asked.getAddress());
        }
    }

    @Test
    @Tag("case-61")
    void case61_single_port_a_broadcast_request_is_not_answered() {
        try (NetworkNamespace net = new NetworkNamespace(1500);
                Daemon there = Daemon.servingEverywhereIn(net.starter(), root, "--single-port");
                RawSocketPeer client = new RawSocketPeer(net.ourAddress())) {
            client.allowBroadcast();
            client.ask(there.at(net.broadcastAddress()), rrq("target"));
            client.ask(there.at("255.255.255.255"), rrq("target"));
            client.ask(there.at(net.broadcastAddress()), ack(1));
            client.expectSilence();
            isServed(net.ourAddress(), there.at(net.theirAddress()), "--single-port");
        }
    }

    @Test
    void several_addresses_are_listened_on_at_once() throws IOException {
        try (Run run = Run.start(
                root,
                Map.of("JAVA_OPTS", Repository.JAVA_OPTIONS),
                List.of(
                        Repository.ROOT.resolve("server/bin/tftpd").toString(),
                        "--root=" + root,
                        "--listen=127.0.0.1:0",
                        "--listen=[::1]:0",
                        "127.0.0.5",
                        "0"))) {
            run.awaitOutput(text -> text.contains(" on ::1"), Duration.ofSeconds(60));
            for (String address : new String[] {"127.0.0.5", "127.0.0.1", "::1"}) {
                String line = run.output()
                        .lines()
                        .filter(each -> each.endsWith(" on " + address))
                        .findFirst()
                        .orElseThrow();
                int port = Integer.parseInt(line.split(" ")[2]);
                isServed(address, new InetSocketAddress(address, port), "--quiet");
            }
            run.terminate();
        }
    }

    @Test
    void a_wildcard_port_and_an_address_can_be_combined() {
        try (Daemon daemon = Daemon.servingEverywhere(root, "--listen=127.0.0.6:0", "--single-port")) {
            daemon.awaitLine("the address", line -> line.endsWith(" on 127.0.0.6"));
            isServed("127.0.0.1", daemon.address(), "--single-port");
            int other = daemon.printed()
                    .lines()
                    .filter(line -> line.endsWith(" on 127.0.0.6"))
                    .mapToInt(line -> Integer.parseInt(line.split(" ")[2]))
                    .findFirst()
                    .orElseThrow();
            isServed("127.0.0.1", new InetSocketAddress("127.0.0.6", other), "--single-port");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--listen=nonsense",
                "--listen=::1:69",
                "--listen=127.0.0.1",
                "--listen=127.0.0.1:70000",
                "--port-range=7000",
                "--port-range=8-7",
                "--mtu=10.0.0.0/33=1400",
                "--mtu=10.0.0.0/8=9",
                "--mtu=10.0.0.0/8",
                "--single-port --port-range=1-2"
            })
    void an_invalid_flag_is_exit_2_with_the_expected_value(String flags) {
        Run.Result result = Run.run(("server/bin/tftpd " + flags).split(" "));
        assertThat(result.exit()).as(result.toString()).isEqualTo(2);
        assertThat(result.stderr()).startsWith("tftpd: ").containsAnyOf("expected", "mutually exclusive");
    }
}

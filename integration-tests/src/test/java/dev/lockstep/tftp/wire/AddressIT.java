package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.bytes;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.oack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static dev.lockstep.tftp.harness.Bytes.wrq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.NetworkNamespace;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests transfer identifiers, the addresses of the machine, and the MTU of its links. */
@Timeout(60)
class AddressIT {
    private static final byte[] TARGET = pattern(2240);
    private static final int SILENCE_MILLIS = 300;

    @TempDir
    private static Path root;

    private static Daemon daemon;

    private final RawSocketPeer client = new RawSocketPeer();

    @BeforeAll
    static void serve() throws IOException {
        Files.write(root.resolve("target"), TARGET);
        Files.write(root.resolve("other"), pattern(1000));
        daemon = Daemon.servingEverywhere(root, "--writable", "--overwrite");
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    @AfterEach
    void close() {
        client.close();
    }

    private void startDownload() {
        client.ask(daemon.address(), rrq("target", "timeout", "255"));
        client.expectOack();
        client.send(ack(0));
        client.expect(data(1, block(TARGET, 1, 512)));
    }

    @ParameterizedTest
    @MethodSource("packetsOfAnotherPeer")
    @Tag("case-3")
    @Tag("case-4")
    void case03_case04_packets_of_another_peer_do_not_affect_a_download(byte[] packet) {
        startDownload();
        for (String address : new String[] {"127.0.0.1", "127.0.0.2"}) {
            try (RawSocketPeer other = new RawSocketPeer(address)) {
                other.sendTo(client.peer(), packet);
                other.expectSilence(java.time.Duration.ofMillis(100));
            }
        }
        client.expectSilence();
        client.send(ack(1));
        client.expect(data(2, block(TARGET, 2, 512)));
    }

    static byte[][] packetsOfAnotherPeer() {
        return new byte[][] {
            ack(1),
            ack(0),
            ack(500),
            data(2, pattern(512)),
            error(0, "spoofed"),
            error(8, "spoofed"),
            error(5, "spoofed"),
            oack("blksize", "8"),
            rrq("target"),
            bytes(0)
        };
    }

    @Test
    @Tag("case-3")
    @Tag("case-4")
    void case03_case04_packets_of_another_peer_do_not_affect_an_upload() throws IOException {
        client.ask(daemon.address(), wrq("upload", "timeout", "255"));
        client.expectOack();
        client.send(data(1, block(TARGET, 1, 512)));
        client.expect(ack(1));
        try (RawSocketPeer other = new RawSocketPeer()) {
            other.sendTo(client.peer(), data(2, bytes("not the right data")));
            other.sendTo(client.peer(), error(0, "spoofed"));
            other.sendTo(client.peer(), data(2, pattern(600)));
            other.expectSilence();
        }
        client.expectSilence();
        for (int n = 2; n <= 5; n++) {
            client.send(data(n, block(TARGET, n, 512)));
            client.expect(ack(n));
        }
        assertThat(root.resolve("upload")).hasBinaryContent(TARGET);
    }

    @Test
    @Tag("case-3")
    void case03_another_peer_gets_port_unreachable_from_the_kernel() {
        startDownload();
        try (RawSocketPeer other = new RawSocketPeer()) {
            other.connect(client.peer());
            other.send(ack(1));
            assertThatThrownBy(() -> other.poll(RawSocketPeer.REPLY_TIMEOUT))
                    .hasCauseInstanceOf(PortUnreachableException.class);
            other.talkTo(null);
        }
    }

    @Test
    @Tag("case-63")
    void case63_two_clients_of_one_address_are_distinguished_by_their_ports() {
        startDownload();
        try (RawSocketPeer other = new RawSocketPeer()) {
            other.ask(daemon.address(), rrq("other", "timeout", "255"));
            other.expectOack();
            other.send(ack(0));
            other.expect(data(1, block(pattern(1000), 1, 512)));
            client.send(ack(1));
            client.expect(data(2, block(TARGET, 2, 512)));
            other.send(ack(1));
            other.expect(data(2, block(pattern(1000), 2, 512)));
            assertThat(other.peer()).isNotEqualTo(client.peer());
        }
    }

    @Test
    @Tag("case-50")
    void case50_clients_that_are_gone_do_not_affect_the_listener() {
        for (int i = 0; i < 50; i++) {
            try (RawSocketPeer gone = new RawSocketPeer()) {
                gone.ask(daemon.address(), rrq("target", "utimeout", "10000"));
                gone.vanish();
            }
        }
        assertThat(daemon.fetch("target")).isEqualTo(TARGET);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.2", "127.0.0.3"})
    @Tag("case-62")
    void case62_the_answer_comes_from_the_address_that_was_asked(String address) {
        client.ask(daemon.at(address), rrq("target"));
        client.expect(data(1, block(TARGET, 1, 512)));
        assertThat(client.peer().getAddress().getHostAddress()).isEqualTo(address);
        assertThat(client.peer().getPort()).isNotEqualTo(daemon.port());
        client.send(ack(1));
        client.expect(data(2, block(TARGET, 2, 512)));
    }

    @Test
    @Tag("case-62")
    void case62_a_refusal_comes_from_the_address_that_was_asked() {
        client.ask(daemon.at("127.0.0.2"), rrq("missing"));
        client.expectError(1);
        assertThat(client.peer().getAddress().getHostAddress()).isEqualTo("127.0.0.2");
    }

    @Test
    @Tag("case-62")
    void case62_a_repeated_request_to_another_address_is_answered_from_there() {
        byte[] request = rrq("target", "timeout", "255");
        client.ask(daemon.at("127.0.0.2"), request);
        client.expectOack();
        client.ask(daemon.at("127.0.0.3"), request);
        client.expectOack();
        assertThat(client.peer().getAddress().getHostAddress()).isEqualTo("127.0.0.3");
    }

    @Test
    void ipv6_is_served_too() throws IOException {
        Tool.require(NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null, "IPv6");
        try (RawSocketPeer six = new RawSocketPeer("::1")) {
            six.ask(daemon.at("::1"), rrq("target"));
            assertThat(six.download(512, 1)).isEqualTo(TARGET);
            six.talkTo(null);
        }
    }

    @Test
    @Tag("case-61")
    void case61_a_request_to_the_broadcast_address_of_the_loopback_is_not_answered() {
        try (RawSocketPeer everyone = new RawSocketPeer("0.0.0.0")) {
            everyone.allowBroadcast();
            everyone.ask(daemon.at("127.255.255.255"), rrq("target"));
            everyone.ask(daemon.at("127.255.255.255"), rrq("missing"));
            everyone.expectSilence();
        }
    }

    @Test
    @Tag("case-27")
    @Tag("case-61")
    void case61_case27_in_a_network_of_ethernet_size() throws IOException {
        try (NetworkNamespace net = new NetworkNamespace(1500);
                Daemon there = Daemon.servingEverywhereIn(net.starter(), root)) {
            blocksFitThePath(there, net.ourAddress(), net.theirAddress(), "1468");
            blocksFitThePath(there, net.ourAddress6(), net.theirAddress6(), "1448");
            broadcastIsIgnored(there, net);
            multicastIsIgnored(there, net);
        }
    }

    @Test
    @Tag("case-62")
    void case62_the_answer_comes_from_the_ipv6_address_that_was_asked() {
        try (NetworkNamespace net = new NetworkNamespace(1500)) {
            String second = net.theirAddress6() + "2";
            Run.run("ip", "-n", net.starter().get(3), "-6", "addr", "add", second + "/64", "dev", net.far(), "nodad");
            try (Daemon there = Daemon.servingEverywhereIn(net.starter(), root)) {
                for (String asked : new String[] {net.theirAddress6(), second}) {
                    try (RawSocketPeer peer = new RawSocketPeer(net.ourAddress6())) {
                        peer.ask(there.at(asked), rrq("missing"));
                        assertThat(peer.expectError(1).from().getAddress())
                                .isEqualTo(there.at(asked).getAddress());
                    }
                }
            }
        }
    }

    @Test
    void where_the_mtu_is_below_the_block_size_datagrams_are_sent_one_by_one() throws IOException {
        byte[] file = pattern(500_000);
        Files.write(root.resolve("long"), file);
        try (NetworkNamespace net = new NetworkNamespace(600);
                Daemon there = Daemon.servingEverywhereIn(net.starter(), root, "--no-path-mtu");
                RawSocketPeer peer = new RawSocketPeer(net.ourAddress())) {
            peer.ask(
                    there.at(net.theirAddress()), rrq("long", "blksize", "1428", "windowsize", "16", "timeout", "255"));
            // the timeout rules out retransmissions
            peer.expect(oack("blksize", "1428", "windowsize", "16", "timeout", "255"));
            peer.send(ack(0));
            assertThat(peer.download(1428, 16)).isEqualTo(file);
            there.awaitLine(
                    "nothing was lost", line -> line.contains("read long") && line.contains("resends 0: complete"));
        }
    }

    private static void blocksFitThePath(Daemon there, String from, String to, String granted) {
        for (String asked : new String[] {"65464", "8192", "1469", granted}) {
            try (RawSocketPeer peer = new RawSocketPeer(from)) {
                peer.ask(there.at(to), rrq("target", "blksize", asked));
                peer.expect(oack("blksize", granted));
                peer.send(ack(0));
                assertThat(peer.download(Integer.parseInt(granted), 1)).isEqualTo(TARGET);
                peer.talkTo(null);
            }
        }
    }

    private static void broadcastIsIgnored(Daemon there, NetworkNamespace net) {
        try (RawSocketPeer everyone = new RawSocketPeer(net.ourAddress())) {
            everyone.allowBroadcast();
            everyone.ask(there.at(net.broadcastAddress()), rrq("target"));
            everyone.ask(there.at("255.255.255.255"), rrq("target"));
            everyone.expectSilence();
        }
    }

    private static void multicastIsIgnored(Daemon there, NetworkNamespace net) throws IOException {
        byte[] request = rrq("target");
        try (MulticastSocket everyone = new MulticastSocket(new InetSocketAddress(net.ourAddress(), 0))) {
            everyone.setNetworkInterface(NetworkInterface.getByName(net.near()));
            everyone.setSoTimeout(SILENCE_MILLIS);
            everyone.send(new DatagramPacket(request, request.length, there.at("224.0.0.1")));
            DatagramPacket answer = new DatagramPacket(new byte[600], 600);
            assertThatThrownBy(() -> everyone.receive(answer)).isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }
}

package dev.lockstep.tftp.server.internal.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.Wires;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that no other socket can be bound to an address of an inherited socket and receive its requests. */
@Timeout(60)
class InheritedSocketTest {
    private final MemoryStorage files = new MemoryStorage(1 << 20, WriteRules.ANY_FILE);
    private TftpServer server;

    /** A UDP socket with SO_REUSEADDR, as systemd creates it. Any local user may create such a socket. */
    private static final class ReusableSocket extends Socket {
        ReusableSocket(String address, int port) throws IOException {
            super(newSocketDgram0(address.contains(":") ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET));
            setReuseAddress(true);
            try {
                bind(new InetSocketAddress(address, port));
            } catch (IOException e) {
                close();
                throw e;
            }
        }
    }

    @BeforeEach
    void a_file() throws IOException {
        assumeTrue(Transport.best() == Transport.EPOLL, "missing: epoll");
        files.put("file", "hello".getBytes());
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(Duration.ZERO);
        }
    }

    private static boolean hasIpv6() throws SocketException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
    }

    /** Starts a server on a socket that is bound to the given address. */
    private void start(String address) throws IOException {
        assumeTrue(!address.contains(":") || hasIpv6(), "missing: IPv6");
        ReusableSocket inherited = new ReusableSocket(address, 0);
        server = TftpServer.builder()
                .storage(files)
                .portModes(peer -> PortMode.SINGLE)
                .eventLoops(2)
                .inherit(inherited.intValue())
                .start();
    }

    private void expectOccupied(String address) {
        assertThatThrownBy(() -> new ReusableSocket(address, server.port()).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Address already in use");
    }

    /** Requests a file from the given address, from which the reply must come. */
    private void expectServed(String address) throws IOException {
        InetSocketAddress listening = new InetSocketAddress(address, server.port());
        try (DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            client.setSoTimeout(20_000);
            byte[] request = ByteBufUtil.getBytes(Wires.bytes(0, 1, "file", 0, "octet", 0));
            client.send(new DatagramPacket(request, request.length, listening));
            DatagramPacket reply = new DatagramPacket(new byte[516], 516);
            client.receive(reply);
            assertThat(reply.getSocketAddress()).isEqualTo(listening);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "127.0.0.1"})
    void no_other_socket_can_be_bound_beside_an_inherited_one(String address) throws IOException {
        start(address);
        expectOccupied(address);
        expectOccupied("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void after_the_server_has_bound_a_socket_beside_an_inherited_wildcard_no_other_can_be_bound(String wildcard)
            throws IOException {
        start(wildcard);
        expectServed("127.0.0.2");
        expectOccupied("127.0.0.1");
        expectOccupied("127.0.0.2");
        expectServed("127.0.0.3");
        expectOccupied("127.0.0.1");
    }
}

package dev.lockstep.tftp.server.internal.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.TftpServerBuilder;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.TestBytes;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The probe of a running server, over real sockets, and against malicious clients. */
@Timeout(120)
class TcpProbeTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.US_ASCII);
    private static final int TIMEOUT_MILLIS = 30_000;

    private final MemoryStorage files = new MemoryStorage(1 << 20, WriteRules.READ_ONLY);
    private final TcpProbe probe = new TcpProbe(0);
    private final List<Socket> sockets = new ArrayList<>();
    private TftpServer server;

    @BeforeEach
    void serve() throws IOException {
        files.put("f", "content".getBytes(StandardCharsets.US_ASCII));
        server = builder().lifecycleListener(probe).start();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.stop(Duration.ZERO);
    }

    private TftpServerBuilder builder() {
        return TftpServer.builder()
                .storage(files)
                .listen(new InetSocketAddress(HERE, 0))
                .eventLoops(2)
                .drain(Duration.ZERO);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(probe.addresses().get(0), TIMEOUT_MILLIS);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        sockets.add(socket);
        return socket;
    }

    private void expectAnswer(Socket socket) throws IOException {
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo(ProbeHandler.ANSWER + "\n");
    }

    private void expectServed() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(HELLO);
        expectAnswer(socket);
        try (RawSocketPeer client = new RawSocketPeer()) {
            client.sendTo(server.port(), 0, 1, "f", 0, "octet", 0);
            client.expect(0, 3, 0, 1, "content");
            client.send(0, 4, 0, 1);
        }
    }

    @Test
    void a_client_that_reads_to_the_end_is_answered_at_once() throws IOException {
        expectServed();
    }

    @Test
    void a_client_that_has_closed_its_half_is_answered_at_once() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(HELLO);
        socket.shutdownOutput();
        expectAnswer(socket);
    }

    @Test
    void a_connection_half_closed_without_a_line_is_closed() throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write("hel".getBytes(StandardCharsets.US_ASCII));
        socket.shutdownOutput();
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void many_silent_connections_do_not_block_others() throws IOException {
        Socket first = connect();
        for (int i = 0; i < 3_000; i++) {
            connect();
        }
        expectServed();
        assertThat(first.getInputStream().read())
                .as("the oldest connection is closed")
                .isEqualTo(-1);
    }

    @Test
    void endless_garbage_and_resets_do_not_block_others() throws IOException {
        byte[] garbage = TestBytes.random(1 << 16);
        for (int i = 0; i < 500; i++) {
            Socket socket = connect();
            try {
                socket.getOutputStream().write(garbage, i, garbage.length - i);
            } catch (IOException expected) {
                // the server closed the connection first
            }
            socket.setSoLinger(true, 0); // close() sends a reset
            socket.close();
        }
        expectServed();
    }

    @Test
    void a_stopped_server_refuses_connections() throws IOException {
        InetSocketAddress address = probe.addresses().get(0);
        server.stop(Duration.ZERO);
        assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void a_draining_server_refuses_connections() throws Exception {
        files.put("long", new byte[2000]);
        InetSocketAddress address = probe.addresses().get(0);
        try (RawSocketPeer client = new RawSocketPeer()) {
            client.sendTo(server.port(), 0, 1, "long", 0, "octet", 0);
            client.next();
            Thread stopping = new Thread(() -> server.stop(Duration.ofSeconds(60)));
            stopping.start();
            boolean refused = false;
            while (!refused) {
                try {
                    new Socket(address.getAddress(), address.getPort()).close(); // still accepted
                } catch (ConnectException expected) {
                    refused = true;
                } catch (SocketException reset) {
                    continue; // the listener was just being closed
                }
            }
            assertThat(stopping.isAlive()).as("it waits for the transfer").isTrue();
            client.send(0, 5, 0, 0, "enough", 0);
            stopping.join();
        }
    }

    @Test
    void a_port_in_use_is_reported_and_no_server_starts() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, HERE)) {
            assertThatThrownBy(() -> builder()
                            .lifecycleListener(new TcpProbe(taken.getLocalPort()))
                            .start())
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("127.0.0.1 TCP port " + taken.getLocalPort());
        }
    }

    @Test
    void a_port_out_of_range_is_rejected_with_its_value() {
        assertThatThrownBy(() -> new TcpProbe(65536))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("probe port: 65536 (expected: 0 to 65535)");
    }
}

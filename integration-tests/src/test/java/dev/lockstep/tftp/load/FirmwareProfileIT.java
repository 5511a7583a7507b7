package dev.lockstep.tftp.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.load.FirmwareProfile;
import dev.lockstep.tftp.client.load.LoadPlan;
import dev.lockstep.tftp.client.load.LoadSchedule;
import dev.lockstep.tftp.client.load.Target;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The datagrams of the firmware profiles, byte by byte, received by a plain socket. */
class FirmwareProfileIT {
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final byte[] NO = {0, 5, 0, 1, 'n', 'o', 0};

    private DatagramSocket server;
    private SocketAddress asker;

    @BeforeEach
    void openSocket() throws IOException {
        server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        server.setSoTimeout(TIMEOUT_MILLIS);
    }

    @AfterEach
    void closeSocket() {
        server.close();
    }

    @Test
    void each_firmware_sends_its_options_in_its_order() throws Exception {
        assertThat(requestOf(FirmwareProfile.PXE)).isEqualTo("1boot.img|octet|tsize|0|blksize|1408|");
        assertThat(requestOf(FirmwareProfile.UBOOT)).isEqualTo("1boot.img|octet|timeout|5|tsize|0|blksize|1468|");
        assertThat(requestOf(FirmwareProfile.IPXE)).isEqualTo("1boot.img|octet|blksize|1432|tsize|0|");
        assertThat(requestOf(FirmwareProfile.GRUB)).isEqualTo("1/boot.img|octet|blksize|1024|tsize|0|");
        assertThat(requestOf(FirmwareProfile.CISCO)).isEqualTo("1boot.img|octet|");
    }

    @Test
    void uploads_of_u_boot_announce_their_size() throws Exception {
        assertThat(requestOf(FirmwareProfile.UBOOT, 1000))
                .isEqualTo("2boot.img|octet|timeout|5|tsize|1000|blksize|1468|");
        assertThat(requestOf(FirmwareProfile.CISCO, 1000)).isEqualTo("2boot.img|netascii|");
    }

    @Test
    void edk2_probes_the_size_aborts_with_error_8_and_sends_a_new_request_from_another_port() throws Exception {
        CompletableFuture<Void> running = start(FirmwareProfile.EDK2, -1);

        assertThat(receive()).isEqualTo("1boot.img|octet|tsize|0|blksize|1468|windowsize|4|");
        SocketAddress probe = asker;
        send("\0\6tsize\0" + "1000\0blksize\0" + "1468\0windowsize\0" + "4\0");
        assertThat(receive()).startsWith("5").as("ERROR 8").contains("|\b");
        assertThat(asker).isEqualTo(probe);
        assertThat(receive()).isEqualTo("1boot.img|octet|blksize|1468|windowsize|4|");
        assertThat(asker).isNotEqualTo(probe);
        server.send(new DatagramPacket(NO, NO.length, asker));

        running.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Test
    void raspberry_pi_requests_a_file_twice_and_aborts_the_first_transfer_when_it_begins() throws Exception {
        CompletableFuture<Void> running = start(FirmwareProfile.RPI, -1);

        assertThat(receive()).isEqualTo("1boot.img|octet|tsize|0|");
        SocketAddress first = asker;
        assertThat(receive()).isEqualTo("1boot.img|octet|tsize|0|");
        SocketAddress second = asker;
        assertThat(second).isNotEqualTo(first);
        asker = first;
        send("\0\6tsize\0" + "1000\0");
        assertThat(receive()).isEqualTo("4||");
        assertThat(receive()).isEqualTo("5||cancelled|");
        assertThat(asker).isEqualTo(first);
        server.send(new DatagramPacket(NO, NO.length, second));

        running.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private String requestOf(FirmwareProfile profile) throws Exception {
        return requestOf(profile, -1);
    }

    private String requestOf(FirmwareProfile profile, long putSize) throws Exception {
        CompletableFuture<Void> running = start(profile, putSize);
        String request = receive();
        server.send(new DatagramPacket(NO, NO.length, asker));
        running.get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
        return request;
    }

    private CompletableFuture<Void> start(FirmwareProfile profile, long putSize) {
        LoadPlan plan = new LoadPlan(
                List.of(Target.parse("tftp://127.0.0.1:" + server.getLocalPort() + "/boot.img", TransferMode.OCTET)),
                new LoadSchedule(1, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, 1),
                putSize,
                Optional.of(profile),
                Optional.empty(),
                LinkImpairment.NONE);
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        LoadIT.run(plan);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                Executors.newSingleThreadExecutor());
    }

    /** Receives the next datagram and returns it with the opcode as a digit and each NUL as a bar. */
    private String receive() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[600], 600);
        server.receive(packet);
        asker = packet.getSocketAddress();
        byte[] rest = Arrays.copyOfRange(packet.getData(), 2, packet.getLength());
        return packet.getData()[1] + new String(rest, StandardCharsets.US_ASCII).replace('\0', '|');
    }

    private void send(String datagram) throws IOException {
        byte[] bytes = datagram.getBytes(StandardCharsets.ISO_8859_1);
        server.send(new DatagramPacket(bytes, bytes.length, asker));
    }
}

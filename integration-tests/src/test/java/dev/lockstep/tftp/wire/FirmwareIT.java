package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.bytes;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.oack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.SharedDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tests the requests of real boot firmware, as captured, and its next steps. */
@Timeout(60)
class FirmwareIT {
    private static final byte[] IMAGE = pattern(30_000);

    @RegisterExtension
    private static final SharedDaemon DAEMON =
            SharedDaemon.serving("--writable", "--overwrite").files(FirmwareIT::writeFiles);

    private final RawSocketPeer client = new RawSocketPeer();

    private static void writeFiles(Path root) throws IOException {
        Files.write(root.resolve("image"), IMAGE);
        Files.createDirectory(root.resolve("Boot"));
        Files.write(root.resolve("Boot/BCD"), IMAGE);
        Files.write(root.resolve("empty"), new byte[0]);
    }

    @AfterEach
    void close() {
        client.close();
    }

    private void ask(Object... request) {
        client.ask(DAEMON.address(), bytes(request));
    }

    private void expectImage(int blksize, int windowsize) {
        client.send(ack(0));
        assertThat(client.download(blksize, windowsize)).isEqualTo(IMAGE);
        client.expectSilence();
    }

    @Test
    void u_boot() {
        ask(0, 1, "image", 0, "octet", 0, "timeout", 0, "5", 0, "tsize", 0, "0", 0, "blksize", 0, "1468", 0);
        client.expect(oack("timeout", "5", "tsize", "30000", "blksize", "1468"));
        expectImage(1468, 1);
    }

    @Test
    void u_boot_with_a_window() {
        ask(0, 1, "image", 0, "octet", 0, "timeout", 0, "5", 0, "blksize", 0, "1468", 0, "windowsize", 0, "8", 0);
        client.expect(oack("timeout", "5", "blksize", "1468", "windowsize", "8"));
        expectImage(1468, 8);
    }

    @Test
    @Tag("case-F7")
    void u_boot_repeats_the_ack_before_a_gap_for_each_block_out_of_order() {
        ask(0, 1, "image", 0, "octet", 0, "timeout", 0, "5", 0, "blksize", 0, "1468", 0, "windowsize", 0, "8", 0);
        client.expectOack();
        client.send(ack(0));
        for (int n = 1; n <= 8; n++) {
            client.expect(data(n, block(IMAGE, n, 1468)));
        }
        for (int n = 4; n <= 8; n++) {
            client.send(ack(2)); // block 3 was lost
        }
        for (int n = 3; n <= 10; n++) {
            client.expect(data(n, block(IMAGE, n, 1468)));
        }
        client.send(ack(10));
        for (int n = 11; n <= 18; n++) {
            client.expect(data(n, block(IMAGE, n, 1468)));
        }
    }

    @Test
    @Tag("case-F9")
    void u_boot_tftpput() throws IOException {
        ask(0, 2, "put", 0, "octet", 0, "timeout", 0, "5", 0, "tsize", 0, "30000", 0, "blksize", 0, "1468", 0);
        client.expect(oack("timeout", "5", "tsize", "30000", "blksize", "1468"));
        client.upload(IMAGE, 1468, 1);
        client.send(data(21, block(IMAGE, 21, 1468)));
        client.expect(ack(21));
        assertThat(DAEMON.root().resolve("put")).hasBinaryContent(IMAGE);
    }

    @Test
    void ipxe() {
        ask(0, 1, "image", 0, "octet", 0, "blksize", 0, "1432", 0, "tsize", 0, "0", 0);
        client.expect(oack("blksize", "1432", "tsize", "30000"));
        expectImage(1432, 1);
    }

    @Test
    @Tag("case-F3")
    void ipxe_with_an_empty_file() {
        ask(0, 1, "empty", 0, "octet", 0, "blksize", 0, "1432", 0, "tsize", 0, "0", 0);
        client.expect(oack("blksize", "1432", "tsize", "0"));
        client.send(ack(0));
        client.expect(data(1, new byte[0]));
        client.send(ack(0)); // and never ACK 1: the block is only retransmitted after timeouts
        client.expect(data(1, new byte[0]));
    }

    @Test
    void ipxe_asks_for_multicast() {
        ask(0, 1, "image", 0, "octet", 0, "blksize", 0, "1432", 0, "tsize", 0, "0", 0, "multicast", 0, 0);
        client.expect(oack("blksize", "1432", "tsize", "30000"));
        expectImage(1432, 1);
    }

    @Test
    @Tag("case-F1")
    void edk2_pxe_probes_and_requests_the_file_from_the_next_port() {
        ask(0, 1, "image", 0, "octet", 0, "tsize", 0, "0", 0, "blksize", 0, "1468", 0, "windowsize", 0, "4", 0);
        client.expect(oack("tsize", "30000", "blksize", "1468", "windowsize", "4"));
        client.send(error(8, "User aborted the transfer"));
        try (RawSocketPeer next = new RawSocketPeer()) {
            next.ask(
                    DAEMON.address(),
                    bytes(0, 1, "image", 0, "octet", 0, "blksize", 0, "1468", 0, "windowsize", 0, "4", 0));
            next.expect(oack("blksize", "1468", "windowsize", "4"));
            next.send(ack(0));
            assertThat(next.download(1468, 4)).isEqualTo(IMAGE);
        }
        client.expectSilence();
    }

    @Test
    @Tag("case-F1")
    @Tag("case-F2")
    void edk2_shell_asks_for_the_size_alone_and_then_without_options() {
        ask(0, 1, "image", 0, "octet", 0, "tsize", 0, "0", 0);
        client.expect(oack("tsize", "30000"));
        client.send(error(8, "User aborted the transfer"));
        ask(0, 1, "image", 0, "octet", 0);
        assertThat(client.download(512, 1)).isEqualTo(IMAGE);
    }

    @Test
    void shim() {
        ask(0, 1, "image", 0, "octet", 0, "blksize", 0, "512", 0, "windowsize", 0, "4", 0);
        client.expect(oack("blksize", "512", "windowsize", "4"));
        expectImage(512, 4);
    }

    @Test
    @Tag("case-F4")
    @Tag("case-F10")
    void grub_closes_early_and_answers_errors() {
        ask(0, 1, "/image", 0, "octet", 0, "blksize", 0, "1024", 0, "tsize", 0, "0", 0);
        client.expect(oack("blksize", "1024", "tsize", "30000"));
        client.send(ack(0));
        client.expect(data(1, block(IMAGE, 1, 1024)));
        client.send(error(0, "closed"));
        client.expectSilence();
        ask(0, 1, "/missing", 0, "octet", 0, "blksize", 0, "1024", 0, "tsize", 0, "0", 0);
        client.expectError(1);
        client.send(error(0, "closed"));
        client.expectSilence();
    }

    @Test
    @Tag("case-F5")
    void grub_after_a_reboot_uses_the_same_port_for_another_file() {
        ask(0, 1, "/image", 0, "octet", 0, "blksize", 0, "1024", 0, "tsize", 0, "0", 0);
        client.expectOack();
        client.send(ack(0));
        client.expect(data(1, block(IMAGE, 1, 1024)));
        ask(0, 1, "/Boot/BCD", 0, "octet", 0, "blksize", 0, "1024", 0, "tsize", 0, "0", 0);
        client.expect(oack("blksize", "1024", "tsize", "30000"));
        expectImage(1024, 1);
    }

    @Test
    @Tag("case-F5")
    void pxelinux_repeats_its_request_before_the_first_reply_has_arrived() {
        byte[] request = bytes(0, 1, "image", 0, "octet", 0, "tsize", 0, "0", 0, "blksize", 0, "1408", 0);
        client.ask(DAEMON.address(), request);
        client.sendTo(DAEMON.address(), request);
        client.sendTo(DAEMON.address(), request);
        byte[] oack = oack("tsize", "30000", "blksize", "1408");
        client.expect(oack);
        client.send(ack(0));
        Datagram came = client.next();
        while (came.opcode() == Datagram.OACK) {
            assertThat(came.bytes()).isEqualTo(oack);
            came = client.next();
        }
        assertThat(came.bytes()).isEqualTo(data(1, block(IMAGE, 1, 1408)));
        client.send(ack(1));
        client.expect(data(2, block(IMAGE, 2, 1408)));
    }

    @Test
    @Tag("case-F5")
    void lpxelinux_asks_for_every_file_from_one_port() {
        for (int file = 0; file < 5; file++) {
            ask(0, 1, "image", 0, "octet", 0, "tsize", 0, "0", 0, "blksize", 0, "1408", 0);
            client.expect(oack("tsize", "30000", "blksize", "1408"));
            client.send(ack(0));
            assertThat(client.download(1408, 1)).isEqualTo(IMAGE);
            ask(0, 1, "missing", 0, "octet", 0, "tsize", 0, "0", 0, "blksize", 0, "1408", 0);
            client.expectError(1);
        }
    }

    @Test
    void windows_bootmgr() {
        ask(
                0,
                1,
                "\\Boot\\BCD",
                0,
                "octet",
                0,
                "tsize",
                0,
                "0",
                0,
                "blksize",
                0,
                "1456",
                0,
                "windowsize",
                0,
                "4",
                0,
                "msftwindow",
                0,
                "31416",
                0);
        client.expect(oack("tsize", "30000", "blksize", "1456", "windowsize", "4"));
        expectImage(1456, 4);
    }

    @Test
    void an_old_phone_writes_its_settings_in_netascii() throws IOException {
        ask(0, 2, "settings", 0, "netascii", 0);
        client.expect(ack(0));
        client.send(data(1, bytes("line 1\r\nline 2\r\n")));
        client.expect(ack(1));
        assertThat(DAEMON.root().resolve("settings")).hasContent("line 1\nline 2\n");
    }
}

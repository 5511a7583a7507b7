package dev.lockstep.tftp.wire;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.block;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.oack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static dev.lockstep.tftp.harness.Bytes.wrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Daemon;
import dev.lockstep.tftp.harness.InProcess;
import dev.lockstep.tftp.harness.NetworkNamespace;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the effect of rules on clients: quirks, refusals, roots, and reloads. */
@Timeout(120)
class RulesIT {
    private static final byte[] IMAGE = pattern(30_000);
    private static final String[] FIRMWARE = {"tsize", "0", "blksize", "1468", "windowsize", "4"};
    private static final List<String> QUIRKS =
            List.of("edk2", "uboot", "ipxe", "grub", "shim", "commons-net", "cisco", "no-tsize", "rollover-1");

    @TempDir
    private static Path folder;

    private static Path root;
    private static Path config;
    private static Daemon daemon;

    private final RawSocketPeer client = new RawSocketPeer();

    @BeforeAll
    static void serve() throws IOException {
        root = Files.createDirectories(folder.resolve("srv"));
        StringBuilder rules = new StringBuilder("drain = 0\nwindowsize-limit = 32\n");
        for (String quirk : QUIRKS) {
            Files.createDirectories(root.resolve(quirk));
            Files.write(root.resolve(quirk).resolve("image"), IMAGE);
            rules.append("[[rule]]\nfiles = \"" + quirk + "/*\"\nquirks = \"" + quirk + "\"\n");
        }
        Files.write(root.resolve("rollover-1/long"), pattern(8 * 65_540));
        Files.write(root.resolve("image"), IMAGE);
        Files.createDirectories(root.resolve("own/127.0.0.1"));
        Files.write(root.resolve("own/127.0.0.1/conf"), "mine".getBytes());
        Files.createDirectories(root.resolve("in"));
        rules.append(rule("files = \"conf\"", "root = \"" + root + "/own/{ip}\""));
        rules.append(rule("name = \"backups\"", "operation = \"write\"", "files = \"/in/*\"", "writable = true"));
        rules.append(rule("name = \"keys\"", "files = \"*.key\"", "action = \"deny\""));
        config = Files.writeString(folder.resolve("tftpd.toml"), rules);
        daemon = Daemon.serving(root, "--config", config.toString(), "--windowsize-limit", "8");
    }

    private static String rule(String... lines) {
        return "[[rule]]\n" + String.join("\n", lines) + "\n";
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static String[] explain(String... request) {
        List<String> arguments =
                new ArrayList<>(List.of("--root", root.toString(), "explain", "--config", config.toString()));
        arguments.addAll(List.of(request));
        return arguments.toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource({
        "edk2, 30000, 1468, 4",
        "uboot, 30000, 1468, 4",
        "ipxe, , 1432, 4",
        "grub, 30000, 1024,",
        "shim, 30000, 512, 4",
        "no-tsize, , 1468, 4",
    })
    void a_profile_grants_what_its_firmware_can_take(String profile, String tsize, String blksize, String windowsize) {
        client.ask(daemon.address(), rrq(profile + "/image", FIRMWARE));
        List<String> granted = new ArrayList<>();
        if (tsize != null) {
            granted.addAll(List.of("tsize", tsize));
        }
        granted.addAll(List.of("blksize", blksize));
        if (windowsize != null) {
            granted.addAll(List.of("windowsize", windowsize));
        }
        client.expect(oack(granted.toArray(String[]::new)));
        client.send(ack(0));
        int window = windowsize == null ? 1 : Integer.parseInt(windowsize);
        assertThat(client.download(Integer.parseInt(blksize), window)).isEqualTo(IMAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"commons-net", "cisco"})
    void a_profile_that_knows_no_options_gets_the_first_block_at_once(String profile) {
        client.ask(daemon.address(), rrq(profile + "/image", FIRMWARE));
        client.expect(data(1, block(IMAGE, 1, 512)));
        client.send(ack(1));
        client.expect(data(2, block(IMAGE, 2, 512)));
    }

    @ParameterizedTest
    @CsvSource({"edk2, 9000, 1468", "uboot, 9000, 1468", "ipxe, 9000, 1432", "grub, 9000, 1024", "shim, 9000, 512"})
    void no_profile_sends_more_than_a_frame_holds(String profile, String asked, String granted) {
        client.ask(daemon.address(), rrq(profile + "/image", "blksize", asked));
        client.expect(oack("blksize", granted));
    }

    @Test
    void blocks_roll_over_to_1_by_rule() {
        client.ask(daemon.address(), rrq("rollover-1/long", "blksize", "8", "windowsize", "8", "timeout", "255"));
        client.expect(oack("blksize", "8", "windowsize", "8", "timeout", "255"));
        client.send(ack(0));
        byte[] content = pattern(8 * 65_540);
        for (int n = 1; n <= 65_540; n++) {
            int number = n <= 65_535 ? n : n - 65_535;
            client.expect(data(number, block(content, n, 8)));
            if (n % 8 == 0) {
                client.send(ack(number));
            }
        }
    }

    @Test
    void flags_win_over_the_file() {
        client.ask(daemon.address(), rrq("image", "windowsize", "64"));
        client.expect(oack("windowsize", "8"));
    }

    @Test
    void a_client_has_a_root_of_its_own() {
        client.ask(daemon.address(), rrq("conf"));
        client.expect(data(1, "mine".getBytes()));
    }

    @Test
    void a_neighbour_has_a_root_by_its_hardware_address() throws IOException {
        NetworkNamespace.needed("curl");
        try (NetworkNamespace network = new NetworkNamespace(1500)) {
            Run.Result link = Run.run(
                    on(network, "ip", "-o", "link", "show", network.far()).toArray(String[]::new));
            String mac = link.output()
                    .replaceAll("(?s).*link/ether ([0-9a-f:]+) .*", "$1")
                    .replace(':', '-');
            Files.write(Files.createDirectories(root.resolve("macs/" + mac)).resolve("conf"), "by card".getBytes());
            Path file = Files.writeString(folder.resolve("macs.toml"), rule("root = \"" + root + "/macs/{mac}\""));
            try (Daemon everywhere = Daemon.servingEverywhere(root, "--config", file.toString())) {
                for (String address : List.of(network.ourAddress(), "[" + network.ourAddress6() + "]")) {
                    String uri = "tftp://" + address + ":" + everywhere.port() + "/conf";
                    Run.Result get = Run.run(on(network, "curl", "-sg", uri).toArray(String[]::new));
                    assertThat(get.output()).as(get.toString()).isEqualTo("by card");
                }
                client.ask(everywhere.address(), rrq("conf"));
                client.expect(error(1, "file not found"));
                everywhere.awaitLine(
                        "the reason", line -> line.endsWith("{mac}: 127.0.0.1 is not in the neighbour table)"));
            }
        }
    }

    private static List<String> on(NetworkNamespace network, String... command) {
        List<String> all = new ArrayList<>(network.starter());
        all.addAll(List.of(command));
        return all;
    }

    @Test
    void a_rule_allows_uploads_where_the_daemon_allows_none() throws IOException {
        client.ask(daemon.address(), wrq("in/router"));
        client.expect(ack(0));
        client.upload("config".getBytes(), 512, 1);
        assertThat(root.resolve("in/router")).hasContent("config");
        client.ask(daemon.address(), wrq("router"));
        client.expect(error(2, "uploads are not accepted"));
    }

    @ParameterizedTest
    @CsvSource({"read, secret.key", "read, none", "write, else", "read, ../x", "write, in/.."})
    void a_refusal_is_logged_in_the_words_of_explain_and_tells_the_peer_no_path(String operation, String path) {
        client.ask(daemon.address(), operation.equals("read") ? rrq(path) : wrq(path));
        String text = new String(client.expectError(0, 1, 2).bytes());
        assertThat(text).doesNotContain(folder.toString());
        Run.Result explained = InProcess.tftpd(explain("127.0.0.1", operation, path));
        assertThat(explained.exit()).as(explained.toString()).isEqualTo(1);
        String refused = explained
                .output()
                .lines()
                .filter(line -> line.startsWith("refused: "))
                .findFirst()
                .orElseThrow();
        daemon.awaitLine("the refusal", line -> line.endsWith(operation + " " + path + " " + refused));
    }

    @Test
    void explain_tells_the_options_that_are_granted() {
        List<String> command = new ArrayList<>(
                List.of(Repository.ROOT.resolve("server/bin/tftpd").toString()));
        command.addAll(List.of(explain("127.0.0.1", "read", "ipxe/image", "tsize=0", "blksize=1468", "windowsize=4")));
        Run.Result explained = Run.run(command.toArray(String[]::new));
        assertThat(explained.exit()).as(explained.toString()).isZero();
        assertThat(explained.output())
                .contains("rule 3, tftpd.toml line 9: like ipxe/*")
                .contains("file: " + root + "/ipxe/image")
                .contains("option tsize=0: left out, by quirk")
                .contains("option blksize=1468: 1432, the most by quirk")
                .contains("option windowsize=4: 4, as asked")
                .endsWith("granted\n");
    }

    @Test
    void rules_change_on_sighup_and_a_running_transfer_does_not_see_it() throws IOException {
        Path file = Files.writeString(folder.resolve("changing.toml"), "");
        try (Daemon changing = Daemon.serving(root, "--config", file.toString());
                RawSocketPeer later = new RawSocketPeer()) {
            client.ask(changing.address(), rrq("image", "timeout", "255")); // rules out retransmissions
            client.expect(oack("timeout", "255"));
            client.send(ack(0));
            client.expect(data(1, block(IMAGE, 1, 512)));

            Files.writeString(file, "max-transfers = 7\n[[rule]]\nclients = \"10.0.0.0/33\"\n");
            changing.hangUp();
            changing.awaitLine("the fault", line -> line.contains("changing.toml line 3: clients: 10.0.0.0/33"));
            changing.awaitLine(
                    "the refusal", line -> line.contains("reload failed, keeping the previous configuration"));
            later.ask(changing.address(), rrq("image", "timeout", "255"));
            later.expect(oack("timeout", "255"));

            Files.writeString(file, "max-transfers = 7\n" + rule("name = \"closed\"", "action = \"deny\""));
            changing.hangUp();
            changing.awaitLine("the news", line -> line.endsWith("configuration reloaded: 1 rules"));
            changing.awaitLine(
                    "the rest", line -> line.endsWith("changed settings that need a restart: max-transfers"));
            later.ask(changing.address(), rrq("grub/image"));
            later.expect(error(2, "not allowed"));

            client.send(ack(1));
            for (int n = 2; n <= IMAGE.length / 512 + 1; n++) {
                client.expect(data(n, block(IMAGE, n, 512)));
                client.send(ack(n));
            }
            changing.awaitLine("the end", line -> line.contains("read image 30000 bytes") && line.endsWith("complete"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "windowsize-limt = 3 | line 1: windowsize-limt: unknown key (did you mean windowsize-limit?)",
                "blksize-limit = 'x' | line 1: blksize-limit: x (expected: a whole number)",
                "blksize-limit = 5 | line 1: blksize-limit: 5 (expected: 8 to 65464)",
                "max-transfers = 0 | line 1: max-transfers: 0 (expected: >= 1)",
                "memory-limit = 'much' | line 1: memory-limit: much (expected: a size",
                "root = [ | line 1",
            })
    void an_invalid_file_is_exit_2_with_the_line(String content, String message) throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong.toml"), content.replace('\'', '"') + "\n");
        for (Run.Result result : List.of(
                InProcess.tftpd("check", wrong.toString()),
                InProcess.tftpd("--config", wrong.toString(), "127.0.0.1", "0"))) {
            assertThat(result.exit()).as(result.toString()).isEqualTo(2);
            assertThat(result.stderr()).startsWith("tftpd: wrong.toml ").contains(message);
        }
    }

    @Test
    void check_prints_the_rules() {
        Run.Result result = Run.run(Repository.ROOT.resolve("server/bin/tftpd").toString(), "check", config.toString());
        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(result.stderr()).isEmpty();
        assertThat(result.output().lines()).hasSize(QUIRKS.size() + 4);
        assertThat(result.output()).contains("\"keys\", tftpd.toml line").contains("like *.key: denied");
    }
}

package dev.lockstep.tftp.service;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Datagram;
import dev.lockstep.tftp.harness.Installation;
import dev.lockstep.tftp.harness.NetworkNamespace;
import dev.lockstep.tftp.harness.RawSocketPeer;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The unit files of the daemon: the tools of systemd check them, and their commands are started. */
@Timeout(120)
class SystemdUnitsIT {
    private static final Path FILES = Repository.ROOT.resolve("server/deploy/systemd");
    private static final byte[] CONTENT = pattern(3_000);

    @TempDir
    private Path units;

    private final Installation installed = new Installation();

    @BeforeEach
    void install() throws IOException {
        Tool.needed("systemd-analyze");
        Files.write(installed.root().resolve("file"), CONTENT);
        copy("tftpd.service", units);
        copy("tftpd.socket", units);
        copy("../tftpd.toml", installed.folder());
    }

    @AfterEach
    void remove() {
        installed.close();
    }

    /** Copies a unit file, with the paths of this installation. */
    private void copy(String file, Path folder) throws IOException {
        String text = Files.readString(FILES.resolve(file));
        Files.writeString(
                folder.resolve(Path.of(file).getFileName()),
                text.replace("/usr/bin/tftpd", installed.tftpd())
                        .replace("/etc/lockstep/tftpd.toml", installed.folder() + "/tftpd.toml")
                        .replaceAll("/srv/tftp|/var/lib/tftpd", installed.root().toString()));
    }

    private void add(String dropIn) throws IOException {
        if (!dropIn.isEmpty()) {
            copy("drop-ins/" + dropIn, Files.createDirectory(units.resolve("tftpd.service.d")));
        }
    }

    /** Returns the last value of a key, in the unit or in its drop-in. */
    private List<String> values(String unit, String key) throws IOException {
        List<String> values = new ArrayList<>();
        for (Path file : List.of(units.resolve(unit), units.resolve("tftpd.service.d/backups.conf"))) {
            if (Files.exists(file)) {
                Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith(key + "=") && !line.equals(key + "="))
                        .forEach(line -> values.add(line.substring(key.length() + 1)));
            }
        }
        assertThat(values).as(key).isNotEmpty();
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "backups.conf"})
    void systemd_accepts_the_units(String dropIn) throws IOException {
        add(dropIn);
        Run.Result result = Run.run(
                "systemd-analyze",
                "verify",
                "--man=no",
                units.resolve("tftpd.service").toString(),
                units.resolve("tftpd.socket").toString());
        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(result.output() + result.stderr()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "backups.conf"})
    void systemd_rates_their_exposure_as_ok(String dropIn) throws IOException {
        add(dropIn);
        Run.Result result = Run.run(
                "systemd-analyze",
                "security",
                "--offline=yes",
                "--no-pager",
                "--threshold=20", // exposure of 2.0 out of 10
                units.resolve("tftpd.service").toString());
        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(result.output()).contains("Overall exposure level for tftpd.service: 1.");
    }

    @Test
    void a_broken_unit_is_reported() throws IOException {
        Files.writeString(units.resolve("tftpd.service"), "[Service]\nExecStart=/nowhere/tftpd\nWatchdogSek=3\n");
        Run.Result result = Run.run(
                "systemd-analyze",
                "verify",
                "--man=no",
                units.resolve("tftpd.service").toString());
        assertThat(result.exit()).isNotZero();
        assertThat(result.stderr()).contains("WatchdogSek", "/nowhere/tftpd");
    }

    @Test
    void the_socket_and_the_service_serve_together_without_capabilities() throws IOException {
        Unprivileged.requirePossible();
        Tool.needed("systemd-socket-activate");
        List<String> command = new ArrayList<>(List.of("systemd-socket-activate", "--datagram"));
        command.addAll(List.of("-l", values("tftpd.socket", "ListenDatagram").get(0)));
        command.addAll(List.of("-E", "JAVA_OPTS=" + Repository.JAVA_OPTIONS));
        command.addAll(Unprivileged.user(65534));
        command.addAll(List.of(values("tftpd.service", "ExecStart").get(0).split(" ")));
        try (Run daemon = Unprivileged.start(Map.of(), "", command)) {
            assertThat(daemon.awaitErrors(
                            text -> text.contains("Listening on 0.0.0.0:69"), RawSocketPeer.REPLY_TIMEOUT))
                    .as(daemon.printed())
                    .isTrue();
            Unprivileged.expectServed(daemon, "tftp://127.0.0.1/file", CONTENT);
            Unprivileged.awaitListening(daemon);
            Unprivileged.expectCleanEnd(daemon);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " --single-port"})
    @Tag("case-62")
    void case62_the_service_replies_from_the_destination_address_of_an_ipv6_request(String flags) throws IOException {
        Unprivileged.requirePossible();
        try (NetworkNamespace net = new NetworkNamespace(1500)) {
            String second = net.theirAddress6() + "2";
            net.addTheirAddress(second + "/64");
            List<String> command = new ArrayList<>(net.starter());
            command.addAll(List.of("systemd-socket-activate", "--datagram"));
            command.addAll(
                    List.of("-l", values("tftpd.socket", "ListenDatagram").get(1)));
            command.addAll(List.of("-E", "JAVA_OPTS=" + Repository.JAVA_OPTIONS));
            command.addAll(Unprivileged.user(65534, capabilities()));
            String line = values("tftpd.service", "ExecStart").get(0) + flags;
            command.addAll(List.of(line.split(" ")));
            try (Run daemon = Run.start(units, Map.of(), command)) {
                assertThat(daemon.awaitErrors(
                                text -> text.contains("Listening on [::]:69"), RawSocketPeer.REPLY_TIMEOUT))
                        .as(daemon.printed())
                        .isTrue();
                for (String asked : List.of(net.theirAddress6(), second)) {
                    expectAnswerFrom(new InetSocketAddress(asked, 69), net.ourAddress6());
                }
                Unprivileged.awaitListening(daemon);
                Unprivileged.expectCleanEnd(daemon);
            }
        }
    }

    /** Returns the capabilities in the form of {@link Unprivileged#user}. */
    private String[] capabilities() throws IOException {
        return values("tftpd.service", "AmbientCapabilities").stream()
                .flatMap(line -> Stream.of(line.split(" ")))
                .map(name -> name.substring("CAP_".length()).toLowerCase(Locale.ROOT))
                .toArray(String[]::new);
    }

    /** Repeats the request: a datagram sent before the daemon was ready may have reached either socket. */
    private static void expectAnswerFrom(InetSocketAddress asked, String client) {
        try (RawSocketPeer peer = new RawSocketPeer(client)) {
            Optional<Datagram> answer = Optional.empty();
            while (answer.isEmpty()) {
                peer.ask(asked, rrq("file"));
                answer = peer.poll(Duration.ofSeconds(1));
            }
            peer.talkTo(answer.get().from());
            assertThat(peer.peer().getAddress()).isEqualTo(asked.getAddress());
        }
    }

    @Test
    void the_service_for_backups_accepts_an_upload_once() throws IOException {
        Unprivileged.requirePossible();
        add("backups.conf");
        Files.setPosixFilePermissions(
                installed.root(), java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        List<String> command = new ArrayList<>(Unprivileged.user(65534, "net_bind_service"));
        List<String> lines = values("tftpd.service", "ExecStart");
        command.addAll(List.of(lines.get(lines.size() - 1).split(" ")));
        Map<String, String> environment = Map.of("JAVA_OPTS", Repository.JAVA_OPTIONS);
        try (Run daemon = Unprivileged.start(environment, "", command)) {
            Unprivileged.awaitListening(daemon);
            String file = Files.write(units.resolve("running-config"), CONTENT).toString();
            Run.Result first = Unprivileged.client(daemon, "put", file, "tftp://127.0.0.1/router7");
            assertThat(first.exit()).as(first + daemon.printed()).isZero();
            assertThat(installed.root().resolve("router7")).hasBinaryContent(CONTENT);
            Run.Result second = Unprivileged.client(daemon, "put", file, "tftp://127.0.0.1/router7");
            assertThat(second.exit()).isEqualTo(1);
            assertThat(second.stderr()).contains("server: file exists (error 6)");
            Unprivileged.expectCleanEnd(daemon);
        }
    }
}

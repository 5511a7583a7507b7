package dev.lockstep.tftp.dist;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.NetworkNamespace;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Debian packages, the RPM packages and the tarballs, without an installation. */
@Timeout(300)
@Tag("dist")
class PackageIT {
    private static final Duration LIMIT = Duration.ofSeconds(240);
    private static final byte[] CONTENT = pattern(100_000);

    @TempDir
    private Path folder;

    @Test
    void lintian_reports_no_error() {
        List<String> command = new ArrayList<>(List.of(Tool.named("lintian"), "--allow-root", "--fail-on", "error"));
        Packages.PROGRAMS.forEach(program -> command.add(Packages.deb(program).toString()));
        try (Run run = Run.start(folder, Map.of(), command)) {
            run.await(LIMIT).assertExit(0);
        }
    }

    /** The virtual machine only starts if its class-data sharing archive fits ({@code -Xshare:on}). */
    @ParameterizedTest
    @ValueSource(strings = {"deb", "tarball"})
    void the_programs_run_with_a_java_and_an_archive_of_their_own(String kind) throws IOException {
        NetworkNamespace.needed("nsenter");
        String tftpd = unpack(kind, "tftpd");
        String tftp = unpack(kind, "tftp");
        Path root = Files.createDirectory(folder.resolve("served"));
        Files.write(root.resolve("file"), CONTENT);
        List<String> clean = List.of("env", "-i", "PATH=/usr/bin:/bin", "JAVA_OPTS=-Xshare:on");

        List<String> command = new ArrayList<>(List.of("unshare", "-n", "sh", "-c"));
        command.addAll(List.of("ip link set lo up; exec \"$@\"", "sh"));
        command.addAll(clean);
        command.addAll(List.of(tftpd, "--root", root.toString(), "127.0.0.1", "69"));
        try (Run daemon = Run.start(folder, Map.of(), command)) {
            daemon.awaitLine("^Listening port 69");
            assertThat(daemon.awaitLine("started: .*").group()).isNotEmpty();
            assertThat(Files.readString(Path.of("/proc/" + daemon.pid() + "/maps")))
                    .contains("classes.jsa", "runtime/lib/libnetty_transport_native_epoll");
            List<String> get = new ArrayList<>(List.of("nsenter", "--net=/proc/" + daemon.pid() + "/ns/net"));
            get.addAll(clean);
            get.add(tftp);
            Run.Result got = run(get, "get", "tftp://127.0.0.1/file", "-o", "-");
            assertThat(got.assertExit(0).stdout()).isEqualTo(CONTENT);
            Path report = folder.resolve("report.html");
            run(get, "load", "--transfers", "5", "--html", report.toString(), "tftp://127.0.0.1/file")
                    .assertExit(0);
            assertThat(report).content().contains("Chart.js", "Lockstep TFTP) " + Packages.VERSION);
            daemon.terminate();
            daemon.await().assertExit(0);
        }
    }

    private Run.Result run(List<String> starter, String... arguments) {
        List<String> command = new ArrayList<>(starter);
        command.addAll(List.of(arguments));
        try (Run run = Run.start(folder, Map.of(), command)) {
            return run.await();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tftpd", "tftp"})
    void the_programs_know_their_version(String program) throws IOException {
        Run.Result result = run(List.of(unpack("deb", program)), "--version");
        assertThat(result.assertExit(0).output())
                .isEqualTo(program + " (Lockstep TFTP) " + Packages.VERSION + System.lineSeparator());
    }

    /** Returns the path of the program. */
    private String unpack(String kind, String program) throws IOException {
        Path target = Files.createDirectories(folder.resolve(kind));
        if (kind.equals("deb")) {
            Tool.needed("dpkg");
            Run.run("dpkg", "-x", Packages.deb(program).toString(), target.toString())
                    .assertExit(0);
            return target.resolve("usr/bin/" + program).toString();
        }
        Run.run("tar", "-xzf", Packages.tarball(program).toString(), "-C", target.toString())
                .assertExit(0);
        return target.resolve("lockstep-" + program + "-" + Packages.VERSION + "/bin/" + program)
                .toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tftpd", "tftp"})
    void deb_and_rpm_have_the_same_files(String program) {
        Tool.needed("rpm", "dpkg");
        List<String> deb = lines(
                        Run.run("dpkg", "--contents", Packages.deb(program).toString()))
                .map(line -> line.replaceFirst("^.* \\./", "/").replaceFirst(" -> .*", ""))
                .toList();
        List<String> rpm = lines(Run.run("rpm", "-qpl", Packages.rpm(program).toString()))
                .map(line -> line.replace("zsh/site-functions", "zsh/vendor-completions"))
                .toList();
        assertThat(deb).contains("/usr/bin/" + program, "/usr/lib/lockstep-" + program + "/runtime/bin/java");
        assertThat(rpm).filteredOn(file -> !file.equals("/srv/tftp")).isSubsetOf(deb);
        assertThat(deb)
                .filteredOn(file -> !file.endsWith("/"))
                .allSatisfy(file -> assertThat(
                                file.contains("/lintian/") || file.endsWith("/changelog.gz") || rpm.contains(file))
                        .as(file)
                        .isTrue());
    }

    private static Stream<String> lines(Run.Result result) {
        return result.assertExit(0).output().lines();
    }
}

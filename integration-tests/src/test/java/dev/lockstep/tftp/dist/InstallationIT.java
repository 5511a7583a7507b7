package dev.lockstep.tftp.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.NetworkNamespace;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Installs, upgrades and removes the packages in a root file system that debootstrap makes once, in {@code DEBIAN_ROOT}.
 */
@Timeout(1800)
@Tag("dist-full")
class InstallationIT {
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final Path SCRIPTS = Repository.ROOT.resolve("integration-tests/src/test/scripts");
    private static final Path DEBIAN =
            Path.of(Optional.ofNullable(System.getenv("DEBIAN_ROOT")).orElse("/var/tmp/debroot"));

    @TempDir
    private Path folder;

    @BeforeEach
    void makeRoot() {
        NetworkNamespace.needed("debootstrap", "mount");
        if (!Files.exists(DEBIAN.resolve("var/lib/dpkg/status"))) {
            run(
                    "debootstrap",
                    "--variant=minbase",
                    "--include=systemd,init-system-helpers",
                    "stable",
                    DEBIAN.toString());
        }
    }

    private String run(String... command) {
        try (Run run = Run.start(folder, Map.of("PATH", System.getenv("PATH") + ":/usr/sbin"), List.of(command))) {
            return run.await(LIMIT).assertExit(0).output();
        }
    }

    private String script(String name, Path... arguments) {
        List<String> command = new ArrayList<>(
                List.of("unshare", "-n", "-m", SCRIPTS.resolve(name).toString()));
        command.add(DEBIAN.toString());
        List.of(arguments).forEach(argument -> command.add(argument.toString()));
        return run(command.toArray(String[]::new));
    }

    @Test
    void the_debian_packages_leave_nothing_behind() throws IOException {
        Tool.needed("dpkg-deb");
        String steps = script(
                "install-deb",
                Packages.deb("tftpd"),
                Packages.deb("tftp"),
                Files.createDirectory(folder.resolve("work")));
        assertThat(steps.lines()).contains("install", "upgrade with a changed configuration file", "remove", "purge");
    }

    @Test
    void the_rpm_packages_leave_nothing_behind() throws IOException {
        Tool.needed("rpm", "rpmbuild");
        String steps = script(
                "install-rpm",
                Packages.rpm("tftpd"),
                Packages.rpm("tftp"),
                Repository.ROOT.resolve("server/dist/src/rpm/lockstep-tftpd.spec"),
                Repository.ROOT.resolve("server/dist/target/amd64/tftpd/root"),
                Path.of(Packages.VERSION),
                Files.createDirectory(folder.resolve("work")));
        assertThat(steps.lines()).contains("install", "upgrade with a changed configuration file", "erase");
    }
}

package dev.lockstep.tftp.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The daemon installed where every user can read it, with a folder of files beside it. */
public final class Installation implements AutoCloseable {
    private final Path folder;

    public Installation() {
        try {
            folder = Files.createTempDirectory(Path.of("/var/tmp"), "lockstep-installation");
            Path daemon = Repository.ROOT.resolve("server");
            for (String file : List.of("bin/tftpd", "bin/jvm.options", "target/tftpd.jar")) {
                Files.createDirectories(folder.resolve(file).getParent());
                Files.copy(daemon.resolve(file), folder.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
            }
            Files.createDirectory(root());
            archiveOfTheJdk();
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : (Iterable<Path>) all::iterator) {
                    boolean plain = path.toString().matches(".*\\.(jar|jsa|options)");
                    Files.setPosixFilePermissions(
                            path, PosixFilePermissions.fromString(plain ? "rw-r--r--" : "rwxr-xr-x"));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Installs the archive of classes that the JDK has, instead of one of the daemon: the training run for that takes
     * longer than the few starts of an installation.
     */
    private void archiveOfTheJdk() throws IOException {
        Path archive = Path.of(System.getProperty("java.home"), "lib", "server", "classes.jsa");
        if (Files.exists(archive)) {
            Files.copy(archive, folder.resolve("target/tftpd-" + System.getProperty("java.version") + ".jsa"));
        }
    }

    public Path folder() {
        return folder;
    }

    /** Returns the path of the launcher. */
    public String tftpd() {
        return folder.resolve("bin/tftpd").toString();
    }

    /** Returns the folder to serve. */
    public Path root() {
        return folder.resolve("root");
    }

    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

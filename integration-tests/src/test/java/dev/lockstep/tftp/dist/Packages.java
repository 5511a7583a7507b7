package dev.lockstep.tftp.dist;

import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files of {@code server/target/dist}. A test is skipped where they have not been built. */
final class Packages {
    static final String VERSION = version();
    /** The daemon and the client. */
    static final List<String> PROGRAMS = List.of("tftpd", "tftp");

    private static final Path FOLDER = Repository.ROOT.resolve("server/target/dist");

    private Packages() {}

    private static String version() {
        try {
            Matcher version = Pattern.compile("<artifactId>tftp-parent</artifactId>\\s*<version>(.*?)</version>")
                    .matcher(Files.readString(Repository.ROOT.resolve("pom.xml")));
            if (!version.find()) {
                throw new IllegalStateException("no version in pom.xml");
            }
            return version.group(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path deb(String program) {
        return built("lockstep-" + program + "_" + VERSION + "_amd64.deb");
    }

    static Path rpm(String program) {
        return built("lockstep-" + program + "-" + VERSION + "-1.x86_64.rpm");
    }

    static Path tarball(String program) {
        return built("lockstep-" + program + "-" + VERSION + "-linux-amd64.tar.gz");
    }

    static Path image(String architecture) {
        return built("lockstep-tftpd-" + VERSION + "-image-" + architecture + ".tar");
    }

    private static Path built(String name) {
        Path file = FOLDER.resolve(name);
        Tool.require(Files.exists(file), name + " (mvn -Pdist package)");
        return file;
    }
}

package dev.lockstep.tftp.harness;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A daemon that all tests of a class share, with a folder of files. It starts before them and stops after them.
 *
 * <pre>
 *   &#64;RegisterExtension
 *   private static final SharedDaemon DAEMON =
 *           SharedDaemon.serving("--writable").files(root -> Files.write(root.resolve("target"), TARGET));
 * </pre>
 */
public final class SharedDaemon implements BeforeAllCallback, AfterAllCallback {
    /** Writes the files of a served folder. */
    @FunctionalInterface
    public interface FilesOfRoot {
        void write(Path root) throws IOException;
    }

    private final boolean everywhere;
    private final String[] flags;
    private FilesOfRoot files = root -> {};
    private Path root;
    private Daemon daemon;

    private SharedDaemon(boolean everywhere, String... flags) {
        this.everywhere = everywhere;
        this.flags = flags;
    }

    /** Returns a daemon on 127.0.0.1. */
    public static SharedDaemon serving(String... flags) {
        return new SharedDaemon(false, flags);
    }

    /** Returns a daemon on every address of the machine. */
    public static SharedDaemon servingEverywhere(String... flags) {
        return new SharedDaemon(true, flags);
    }

    /** Sets what writes the files that exist when the daemon starts. */
    public SharedDaemon files(FilesOfRoot writer) {
        files = writer;
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        root = Files.createTempDirectory("tftp-root");
        files.write(root);
        daemon = everywhere ? Daemon.servingEverywhere(root, flags) : Daemon.serving(root, flags);
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (daemon != null) {
            daemon.close();
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** Returns the served folder. */
    public Path root() {
        return root;
    }

    /** Waits until a line of the output matches. */
    public void awaitLine(String what, Predicate<String> condition) {
        daemon.awaitLine(what, condition);
    }

    /** Fetches a file without any option, to check that the daemon still serves. */
    public byte[] fetch(String name) {
        return daemon.fetch(name);
    }

    public int port() {
        return daemon.port();
    }

    public InetSocketAddress address() {
        return daemon.address();
    }

    /** Returns the listening port at another address of the machine. */
    public InetSocketAddress at(String address) {
        return daemon.at(address);
    }
}

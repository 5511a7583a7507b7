package dev.lockstep.tftp.fuzz;

import dev.lockstep.tftp.server.storage.DirectoryStorage;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.transfer.Sink;
import dev.lockstep.tftp.transfer.Source;
import dev.lockstep.tftp.transfer.TftpException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Any name, for a read and a write. Beside the served folder lie a sibling with its name as prefix, a secret, and
 * links to it from inside: nothing outside is read, and nothing outside changes.
 */
public final class Names {
    private static final byte[] SECRET = "secret".getBytes(StandardCharsets.US_ASCII);
    private static final Path OUTSIDE = prepare();
    private static final Storage STORAGE = open();

    private Names() {}

    public static void fuzzerTestOneInput(byte[] input) {
        for (var charset : new java.nio.charset.Charset[] {StandardCharsets.UTF_8, StandardCharsets.ISO_8859_1}) {
            String name = new String(input, charset);
            read(name);
            write(name);
        }
    }

    private static void read(String name) {
        try (Source source = STORAGE.read(name, null)) {
            ByteBuffer content = ByteBuffer.allocate(SECRET.length);
            source.read(content);
            if (java.util.Arrays.equals(content.array(), SECRET)) {
                throw new AssertionError("read out of the root: " + name);
            }
        } catch (TftpException expected) {
            // refused
        } catch (IOException e) {
            throw new AssertionError("neither opened nor refused: " + name, e);
        }
    }

    /** Nothing is committed, so that the folder stays as it is. */
    private static void write(String name) {
        try (Sink sink = STORAGE.write(name, 1, null)) {
            sink.write(ByteBuffer.wrap(new byte[1]));
        } catch (TftpException expected) {
            // refused
        } catch (IOException e) {
            throw new AssertionError("neither opened nor refused: " + name, e);
        }
        if (countOutside() != 4) {
            throw new AssertionError("left something outside the root: " + name);
        }
    }

    private static long countOutside() {
        try (Stream<Path> entries = Files.list(OUTSIDE);
                Stream<Path> sibling = Files.list(OUTSIDE.resolve("root-sibling"))) {
            return entries.count() + sibling.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Path prepare() {
        try {
            Path outside = Files.createTempDirectory("names");
            Path root = Files.createDirectories(outside.resolve("root"));
            Path sibling = Files.createDirectories(outside.resolve("root-sibling"));
            Files.write(outside.resolve("secret"), SECRET);
            Files.write(sibling.resolve("secret"), SECRET);
            Files.write(root.resolve("file"), "public".getBytes(StandardCharsets.US_ASCII));
            Files.createDirectories(root.resolve("sub"));
            Files.createSymbolicLink(root.resolve("link"), outside.resolve("secret"));
            Files.createSymbolicLink(root.resolve("out"), outside);
            outside.toFile().deleteOnExit();
            return outside;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Storage open() {
        try {
            return DirectoryStorage.at(OUTSIDE.resolve("root"), WriteRules.ANY_FILE);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

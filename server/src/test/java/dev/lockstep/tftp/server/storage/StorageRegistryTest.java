package dev.lockstep.tftp.server.storage;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static dev.lockstep.tftp.testing.Requests.wrq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.io.MemorySource;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageRegistryTest {
    private static final InetSocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 2000);
    private static final StorageSettings READ_ONLY = new StorageSettings(WriteRules.READ_ONLY, false);
    private static final StorageSettings NEW_FILES = new StorageSettings(WriteRules.NEW_FILES, false);

    private final StorageRegistry registry = new StorageRegistry();

    @TempDir
    private Path folder;

    /** A storage of files whose content is their URI: only the methods that must be implemented. */
    private record UriStorage(URI base) implements Storage {
        @Override
        public Source read(ReadRequest request, InetSocketAddress peer) {
            return new MemorySource(base.resolve(request.filename()).toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static final class UriProvider implements StorageProvider {
        @Override
        public Set<String> schemes() {
            return Set.of("http", "https");
        }

        @Override
        public Storage open(URI uri, StorageSettings settings) {
            return new UriStorage(uri);
        }
    }

    private static String read(Storage storage, String name) throws IOException {
        try (Source source = storage.read(rrq(name), PEER)) {
            ByteBuffer content = ByteBuffer.allocate((int) source.size());
            while (content.hasRemaining()) {
                source.read(content);
            }
            return new String(content.array(), StandardCharsets.UTF_8);
        }
    }

    private static void write(Storage storage, String name, String content) throws IOException {
        try (Sink sink = storage.write(wrq(name), PEER)) {
            sink.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
            sink.commit();
        }
    }

    @Test
    void a_directory_is_opened_by_its_path_or_a_file_uri() throws IOException {
        Files.writeString(folder.resolve("f"), "content");
        Files.createDirectory(folder.resolve("a b"));
        for (String location : new String[] {folder.toString(), "file:" + folder, "FILE://" + folder}) {
            Storage storage = registry.open(location, READ_ONLY);
            assertThat(read(storage, "f")).isEqualTo("content");
            assertThat(storage).hasToString(folder.toRealPath().toString());
            assertThat(storage.locate("f"))
                    .isEqualTo(folder.toRealPath().resolve("f").toString());
            assertThat(storage.isWritable()).isFalse();
        }
        assertThat(registry.open("file:" + folder + "/a%20b", NEW_FILES).isWritable())
                .isTrue();
        Path relative = Path.of("").toAbsolutePath();
        assertThat(registry.open("", READ_ONLY))
                .hasToString(relative.toRealPath().toString());
        assertThat(registry.open("file:src", READ_ONLY))
                .hasToString(relative.resolve("src").toRealPath().toString());
    }

    @Test
    void a_directory_whose_name_has_a_colon_is_no_uri() throws IOException {
        Path colon = Files.createDirectory(folder.resolve("host:port"));
        assertThat(registry.open(colon.toString(), READ_ONLY))
                .hasToString(colon.toRealPath().toString());
    }

    @Test
    void an_invalid_location_is_refused() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Map<String, String> reasons = Map.of(
                folder + "/none",
                ": no such directory",
                folder + "/none/below",
                ": no such directory: " + folder + "/none",
                "file:" + folder + "/none",
                ": no such directory",
                file.toString(),
                ": not a directory",
                "file://host/x",
                "",
                "C:\\none",
                ": no such directory");
        reasons.forEach((location, reason) -> assertThatIllegalArgumentException()
                .isThrownBy(() -> registry.open(location, READ_ONLY))
                .withMessage(location + reason + " (expected: a directory that can be read)"));
        for (String location : new String[] {"s3://boot/v3/", "tftp:x", "hosts:" + file}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> registry.open(location, READ_ONLY))
                    .withMessage(location + " (expected: a directory that can be read, or a URI of:"
                            + " classpath, file, jar, memory, test-service, zip)");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> registry.open("file:/a b", READ_ONLY))
                .withMessage("file:/a b (expected: a URI; Illegal character in path)");
    }

    @Test
    void all_memory_uris_lead_to_the_same_files_with_rules_of_their_own() throws IOException {
        Storage writable = registry.open("memory:", NEW_FILES);
        Storage boot = registry.open("memory:/boot", READ_ONLY);
        write(writable, "boot/f", "kernel");
        assertThat(read(boot, "f")).isEqualTo("kernel");
        assertThat(read(registry.open("MEMORY:boot", READ_ONLY), "/f")).isEqualTo("kernel");
        assertThat(boot).hasToString("memory/boot");
        assertThat(boot.roots()).containsExactly(boot);
        assertThat(boot.locate("f")).isEqualTo("boot/f");
        assertThat(boot.isWritable()).isFalse();
        assertThatThrownBy(() -> write(boot, "g", "")).hasMessage("uploads are not accepted");
        write(registry.open("memory:/boot", NEW_FILES), "g", "config");
        assertThat(read(writable, "boot/g")).isEqualTo("config");
        assertThat(new StorageRegistry().open("memory:", READ_ONLY))
                .isInstanceOfSatisfying(
                        MemoryStorage.class, other -> assertThat(other.names()).isEmpty());
    }

    @Test
    void a_name_does_not_lead_out_of_a_folder() throws IOException {
        registry.register(new MemoryStorageProvider(1 << 20));
        write(registry.open("memory:", NEW_FILES), "secret", "s");
        write(registry.open("memory:", NEW_FILES), "boot", "s");
        Storage boot = registry.open("memory:/boot", new StorageSettings(WriteRules.ANY_FILE, false));
        for (String name : new String[] {"../secret", "x/../../secret", "..\\secret", "/", "."}) {
            assertThatThrownBy(() -> boot.read(rrq(name), PEER)).isInstanceOf(TftpException.class);
            assertThatThrownBy(() -> boot.write(wrq(name), PEER)).isInstanceOf(TftpException.class);
        }
        assertThatThrownBy(() -> boot.below("../x")).isInstanceOf(TftpException.class);
        assertThatThrownBy(() -> registry.open("memory:/..", READ_ONLY)).isInstanceOf(TftpException.class);
    }

    @Test
    void a_registered_provider_opens_the_uris_of_its_schemes() throws IOException {
        registry.register(new UriProvider());
        Storage storage = registry.open("https://boot.example/tftp/", READ_ONLY);
        assertThat(read(storage, "a.cfg")).isEqualTo("https://boot.example/tftp/a.cfg");
        assertThat(read(storage.below("x/y"), "/a.cfg")).isEqualTo("https://boot.example/tftp/x/y/a.cfg");
        assertThat(storage.below("/")).isSameAs(storage);
        assertThatThrownBy(() -> storage.write(wrq("f"), PEER)).hasMessage("uploads are not accepted");
        assertThat(storage.isWritable()).isFalse();
        assertThat(storage.ioGroup()).isEqualTo(new MemoryStorage(1, WriteRules.READ_ONLY).ioGroup());
    }

    @Test
    void a_provider_is_found_as_a_service() throws IOException {
        assertThat(read(registry.open("test-service:/base/", READ_ONLY), "f")).isEqualTo("f of /base/");
    }

    /** Named in {@code META-INF/services}. */
    public static final class ServiceProvider implements StorageProvider {
        @Override
        public Set<String> schemes() {
            return Set.of("test-service");
        }

        @Override
        public Storage open(URI uri, StorageSettings settings) {
            return (request, peer) ->
                    new MemorySource((request.filename() + " of " + uri.getPath()).getBytes(StandardCharsets.UTF_8));
        }
    }
}

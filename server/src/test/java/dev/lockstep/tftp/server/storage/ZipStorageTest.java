package dev.lockstep.tftp.server.storage;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static dev.lockstep.tftp.testing.Requests.wrq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.testing.TestBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Zip files and jars as roots, and the class path. */
class ZipStorageTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.1", 2000);
    private static final StorageSettings SETTINGS = new StorageSettings(WriteRules.ANY_FILE, false);
    private static final byte[] KERNEL = TestBytes.random(300_000);

    @TempDir
    private Path folder;

    private final StorageRegistry registry = new StorageRegistry();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private Path zip;

    @BeforeEach
    void create_a_zip_file() throws IOException {
        entries.put("tftp/", new byte[0]);
        entries.put("tftp/kernel", KERNEL);
        entries.put("tftp/a b/ü!/x", bytes("deep"));
        entries.put("tftp/empty", new byte[0]);
        entries.put("tftp/sub/", new byte[0]);
        entries.put("secret", bytes("secret"));
        entries.put("../outside", bytes("slip"));
        entries.put("tftp/../../outside", bytes("slip"));
        entries.put("/etc/passwd", bytes("absolute"));
        entries.put("tftp//double", bytes("double"));
        zip = Files.write(folder.resolve("boot files.zip"), archive(ZipEntry.DEFLATED));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] archive(int method) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(each.getKey());
                entry.setMethod(method);
                entry.setTime(0);
                if (method == ZipEntry.STORED) {
                    CRC32 crc = new CRC32();
                    crc.update(each.getValue());
                    entry.setCrc(crc.getValue());
                    entry.setSize(each.getValue().length);
                }
                out.putNextEntry(entry);
                out.write(each.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private String uri(String inside) {
        return "zip:" + folder + "/boot%20files.zip" + inside;
    }

    private Storage open() throws IOException {
        return registry.open(uri("!/tftp/"), SETTINGS);
    }

    private static byte[] rest(Source source) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        ByteBuffer some = ByteBuffer.allocate(50_000);
        while (source.read(some.clear()) >= 0) {
            content.write(some.array(), 0, some.position());
        }
        return content.toByteArray();
    }

    private static byte[] read(Storage storage, String name) throws IOException {
        try (Source source = storage.read(rrq(name), PEER)) {
            byte[] content = rest(source);
            assertThat(source.size()).isEqualTo(content.length);
            return content;
        }
    }

    private static TftpException refusal(Storage storage, String name) {
        return catchThrowableOfType(TftpException.class, () -> read(storage, name));
    }

    @Test
    void each_form_of_the_uri_leads_to_the_files() throws IOException {
        for (String form : new String[] {"zip:%s!/tftp", "jar:file:%s!/tftp/", "jar:%s!/tftp/", "zip://%s!//tftp//"}) {
            Storage storage = registry.open(form.formatted(folder + "/boot%20files.zip"), SETTINGS);
            assertThat(read(storage, "kernel")).as(form).isEqualTo(KERNEL);
            assertThat(read(storage, "\\a b/ü!//x")).isEqualTo(bytes("deep"));
            assertThat(read(storage, "empty")).isEmpty();
        }
        for (String whole : new String[] {"", "!", "!/"}) {
            Storage storage = registry.open(uri(whole), SETTINGS);
            assertThat(read(storage, "tftp/kernel")).isEqualTo(KERNEL);
            assertThat(storage).hasToString(uri("!"));
            assertThat(storage.locate("f")).isEqualTo(uri("!/f"));
        }
        assertThat(open().locate("f")).isEqualTo(uri("!/tftp/f"));
        assertThat(read(open().below("a b"), "ü!/x")).isEqualTo(bytes("deep"));
        assertThat(open().ioGroup()).isEqualTo(open().ioGroup()).isNotEqualTo(new Object());
    }

    @Test
    void a_root_that_cannot_be_used_is_refused_at_the_start() throws IOException {
        Files.writeString(folder.resolve("text"), "no archive");
        Map.of(
                        uri("!/none/"),
                        ": no files in this folder",
                        "zip:/none.zip",
                        ": no such file",
                        "zip:" + folder + "/text",
                        ": zip END header not found")
                .forEach((location, reason) -> assertThatIllegalArgumentException()
                        .isThrownBy(() -> registry.open(location, SETTINGS))
                        .withMessage(location + reason + " (expected: a zip file, as in zip:/srv/boot.zip!/FOLDER/)"));
    }

    /** An entry is only looked up by the elements of a name, so no entry is outside of the folder. */
    @ParameterizedTest
    @ValueSource(
            strings = {"../outside", "../secret", "..\\secret", "../../outside", "x/../../secret", "/../etc/passwd"})
    void a_name_does_not_lead_out_of_the_folder_whatever_the_entries_are_called(String name) throws IOException {
        assertThat(refusal(open(), name)).hasMessage("name leads out of the served folder");
        assertThat(refusal(registry.open(uri(""), SETTINGS), name)).hasMessage("name leads out of the served folder");
    }

    @Test
    void what_is_no_file_is_refused() throws IOException {
        for (String name : new String[] {"none", "secret", "etc/passwd", "double", "outside", "kernel/x"}) {
            assertThat(refusal(open(), name).code()).as(name).isEqualTo(1);
        }
        for (String name : new String[] {"sub", "sub/", "/", "."}) {
            assertThat(refusal(open(), name)).as(name).hasMessage("not a regular file");
        }
        assertThat(open().isWritable()).isFalse();
        assertThatThrownBy(() -> open().write(wrq("new"), PEER)).hasMessage("uploads are not accepted");
    }

    @Test
    void a_replaced_file_is_served_to_new_transfers_while_running_ones_keep_theirs() throws IOException {
        Storage storage = open();
        try (Source running = storage.read(rrq("kernel"), PEER)) {
            running.read(ByteBuffer.allocate(1000));
            entries.put("tftp/kernel", bytes("new"));
            Path next = Files.write(folder.resolve("next"), archive(ZipEntry.DEFLATED));
            Files.move(next, zip, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            assertThat(read(storage, "kernel")).isEqualTo(bytes("new"));
            assertThat(rest(running)).isEqualTo(Arrays.copyOfRange(KERNEL, 1000, KERNEL.length));
        }
        Files.delete(zip);
        TftpException gone = refusal(storage, "kernel");
        assertThat(gone.code()).isZero();
        assertThat(gone.explained())
                .startsWith("archive is not available, try again (")
                .contains("NoSuchFile");
    }

    @Test
    void a_transfer_fails_if_the_file_is_written_to_meanwhile() throws IOException {
        Files.write(zip, archive(ZipEntry.STORED));
        Storage storage = open();
        try (Source running = storage.read(rrq("kernel"), PEER)) {
            running.read(ByteBuffer.allocate(1000));
            entries.put("tftp/kernel", TestBytes.random(200_000));
            Files.write(zip, archive(ZipEntry.STORED));
            assertThatThrownBy(() -> rest(running)).hasMessage("file changed while it was read, try again");
        }
        assertThat(read(storage, "kernel")).isEqualTo(entries.get("tftp/kernel"));
    }

    /** Changes one byte of the content, so that only the checksum of the entry tells. */
    @Test
    void a_damaged_entry_is_never_served_to_its_end() throws IOException {
        byte[] damaged = archive(ZipEntry.STORED);
        int begin = new String(damaged, StandardCharsets.ISO_8859_1)
                .indexOf(new String(KERNEL, StandardCharsets.ISO_8859_1));
        damaged[begin] ^= 1;
        Files.write(zip, damaged);
        try (Source source = open().read(rrq("kernel"), PEER)) {
            ByteBuffer content = ByteBuffer.allocate(KERNEL.length);
            TftpException failure = catchThrowableOfType(TftpException.class, () -> {
                while (content.hasRemaining()) {
                    source.read(content);
                }
            });
            assertThat(failure.code()).isZero();
            assertThat(failure.explained())
                    .isEqualTo("file is damaged in its archive (its content does not match its CRC-32)");
            assertThat(content.position()).isLessThan(KERNEL.length);
        }
    }

    @Test
    void a_damaged_compression_is_a_clear_error() throws IOException {
        entries.put("tftp/kernel", new byte[500_000]);
        byte[] damaged = archive(ZipEntry.DEFLATED);
        int begin = new String(damaged, StandardCharsets.ISO_8859_1).indexOf("tftp/kernel") + "tftp/kernel".length();
        Arrays.fill(damaged, begin + 20, begin + 60, (byte) 0xFF);
        Files.write(zip, damaged);
        assertThat(refusal(open(), "kernel")).hasMessage("file is damaged in its archive");
    }

    /** Sets the bit of an encrypted entry in the central directory. */
    @Test
    void an_encrypted_entry_is_a_clear_error() throws IOException {
        Storage storage = open();
        byte[] encrypted = archive(ZipEntry.DEFLATED);
        for (int i = 0; i < encrypted.length - 4; i++) {
            if (encrypted[i] == 'P' && encrypted[i + 1] == 'K' && encrypted[i + 2] == 1 && encrypted[i + 3] == 2) {
                encrypted[i + 8] |= 1;
            }
        }
        Files.write(zip, encrypted);
        TftpException refusal = refusal(storage, "kernel");
        assertThat(refusal.code()).isZero();
        assertThat(refusal.explained()).contains("encrypted entry");
        assertThatIllegalArgumentException().isThrownBy(this::open).withMessageContaining("encrypted entry");
    }

    @Test
    void resources_of_jars_and_of_folders_of_the_class_path_are_served() throws IOException {
        entries.remove("/etc/passwd");
        Files.write(zip, archive(ZipEntry.DEFLATED));
        Path files = Files.createDirectories(folder.resolve("classes/tftp/dir"));
        Files.writeString(files.resolve("in folder"), "folder");
        Files.writeString(folder.resolve("classes/hidden"), "hidden");
        URL[] path = {zip.toUri().toURL(), folder.resolve("classes/").toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(path, null)) {
            Storage storage = new ClassPathStorage(loader, "/tftp/");
            assertThat(read(storage, "kernel")).isEqualTo(KERNEL);
            assertThat(read(storage, "a b/ü!/x")).isEqualTo(bytes("deep"));
            assertThat(read(storage, "dir/in folder")).isEqualTo(bytes("folder"));
            for (String name : new String[] {"none", "secret", "hidden"}) {
                assertThat(refusal(storage, name).code()).as(name).isEqualTo(1);
            }
            for (String name : new String[] {"../hidden", "..\\secret", "dir/../../hidden"}) {
                assertThat(refusal(storage, name).code()).as(name).isEqualTo(2);
            }
            assertThat(refusal(storage, "sub").code()).isEqualTo(2);
            assertThat(refusal(storage, "dir").code()).isEqualTo(2);
            assertThat(storage.locate("f")).isEqualTo("classpath:tftp/f");
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            thread.setContextClassLoader(loader);
            try {
                assertThat(read(registry.open("classpath:tftp/", SETTINGS), "kernel"))
                        .isEqualTo(KERNEL);
            } finally {
                thread.setContextClassLoader(before);
            }
        }
        for (String nowhere : new String[] {"classpath:", "classpath:/", "classpath:../x"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> registry.open(nowhere, SETTINGS));
        }
    }
}

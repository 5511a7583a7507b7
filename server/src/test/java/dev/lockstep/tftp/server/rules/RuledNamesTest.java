package dev.lockstep.tftp.server.rules;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static dev.lockstep.tftp.testing.Requests.wrq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.storage.OverlayStorage.OnError;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.StorageRegistry;
import dev.lockstep.tftp.server.storage.StorageSettings;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules that rewrite names and fill in roots: the result leads no further than a requested name. */
class RuledNamesTest {
    private static final InetSocketAddress PEER = new InetSocketAddress("10.0.0.7", 2000);

    @TempDir
    private Path folder;

    /** The hardware address of the client in the neighbour table. */
    private String hardwareAddress = "52-54-00-12-34-56";

    private List<Path> before;

    @BeforeEach
    void create_files() throws IOException {
        put("srv/file", "all");
        put("srv/card/file", "of a card");
        put("srv/SECRET.KEY", "key");
        put("srv/secret.key", "key");
        put("srv/FILE.KEY", "key");
        put("file", "outside");
        put("srv-2/file", "outside");
        Files.createSymbolicLink(folder.resolve("srv/out"), folder);
        Files.createSymbolicLink(folder.resolve("srv/10.0.0.7"), folder.resolve("srv-2"));
        before = all();
    }

    @AfterEach
    void assert_nothing_was_written() throws IOException {
        assertThat(all()).isEqualTo(before);
        assertThat(folder.resolve("file")).hasContent("outside");
        assertThat(folder.resolve("srv-2/file")).hasContent("outside");
    }

    private void put(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private List<Path> all() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> !file.toString().endsWith(".toml"))
                    .sorted()
                    .toList();
        }
    }

    private Storage filesOf(String name, String toml) throws IOException, ConfigException {
        Path root = folder.resolve("srv");
        StorageSettings settings = new StorageSettings(WriteRules.ANY_FILE, false);
        NeighbourTable neighbours = client -> Optional.of(hardwareAddress);
        Roots.Locations locations = new Roots.Locations(List.of(root.toString()), OnError.STOP);
        StorageRegistry registry = new StorageRegistry();
        Roots roots = Roots.open(locations, settings, registry, neighbours);
        CommonSettings common = new CommonSettings(
                new RequestSettings(roots.storage(), TransferLimits.DEFAULT),
                roots,
                settings,
                PortMode.EPHEMERAL,
                registry,
                neighbours);
        Path file = folder.resolve("tftpd.toml");
        Files.writeString(file, toml.replace("ROOT", folder.toString()));
        return ConfigFile.read(file, Set.of())
                .rules(common)
                .resolve(new WriteRequest(name, TransferMode.OCTET, Options.NONE), PEER)
                .storage();
    }

    private static void assertRefused(ThrowingCallable use) {
        assertThatThrownBy(use)
                .isInstanceOfSatisfying(
                        TftpException.class,
                        refusal -> assertThat(refusal.code()).isIn(1, 2));
    }

    private void assertLeadsNowhere(String name, String toml) {
        assertRefused(() -> filesOf(name, toml).read(rrq(name), PEER));
        assertRefused(() -> filesOf(name, toml).write(wrq(name, 1), PEER));
    }

    @ParameterizedTest
    @CsvSource({
        // from, to, name
        "^x/, ../, x/file",
        "^x/, /../, x/file",
        "^x/, ..\\\\, x/file",
        "^x/, sub/../../, x/file",
        "^x/, C:/, x/file",
        "^x/, out/, x/file",
        "^x/, out/srv-2/, x/file",
        "^x/, out\\\\srv-2\\\\, x/file",
        "^x, ../srv-2, x/file",
        "^x, .., x",
        "^.*$, '', file",
        "^.*$, ., file",
        "^.*$, .tftp-0011223344556677.part, file",
        // combined from harmless parts
        "-, '', .-./file",
        "a, '', .a./fila/../file",
        "[^/], ., aa/file",
        "x, /, ..xfile",
        "x, \\\\, ..xfile",
        "\uff0e, ., \uff0e\uff0e/file",
        "\u2215, /, ..\u2215file",
        "^(.)(.*)$, $1$1$2, ./.file/file",
        "^(.*)/(.)$, $2$2/$1, file/.x",
        "^\\.x(.*)$, ..$1, .x/file",
        "(.)x, '$1', .x.x/file",
    })
    @Tag("case-57")
    void case57_a_rewritten_name_leads_no_further_than_a_requested_name(String from, String to, String name) {
        assertLeadsNowhere(name, "[[rule]]\nrename = [{ from = '" + from + "', to = '" + to + "' }]\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../srv-2", "/..", "..\\srv-2", "out", "out/srv-2", "C:", "card/..", "no-card", ""})
    @Tag("case-57")
    void case57_a_root_by_hardware_address_leads_no_further_than_a_requested_name(String address) {
        hardwareAddress = address;
        assertLeadsNowhere(
                "fil", "[[rule]]\nroot = \"ROOT/srv/{mac}/.\"\nrename = [{ from = '^fil$', to = \"../file\" }]\n");
        if (!address.isEmpty()) {
            assertLeadsNowhere("file", "[[rule]]\nroot = \"ROOT/srv/{mac}\"\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../file",
                "out/file",
                "out\\file",
                "C:/file",
                "./file",
                "/",
                "\uff0e\uff0e/file",
                "..",
                "card/../file"
            })
    @Tag("case-57")
    void case57_a_root_by_name_leads_no_further_than_a_requested_name(String name) {
        assertLeadsNowhere(name, "[[rule]]\nroot = \"ROOT/srv/{filename:1}\"\n");
        assertLeadsNowhere(name, "[[rule]]\nroot = \"ROOT/srv/{filename:-2}\"\n");
        assertLeadsNowhere(name, "[[rule]]\nroot = \"ROOT/srv/.{filename:1}\"\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "out/file", "card/file"})
    @Tag("case-58")
    void case58_a_root_by_address_that_is_a_link_out_is_refused(String name) {
        assertLeadsNowhere(name, "[[rule]]\nroot = \"ROOT/srv/{ip}\"\n");
    }

    /**
     * Letters that become others when their case is changed. A denial also applies to the name that a later rule makes.
     */
    @ParameterizedTest
    @CsvSource({
        "secret.key, SECRET.KEY, upper",
        "*.key, secret.\u212aey, lower",
        "secret.*, \u017fecret.key, upper",
        "file.key, \ufb01le.key, upper",
        "[f]ile.key, \ufb01le.key, upper",
    })
    void a_denial_is_not_bypassed_by_letters_that_change_with_case(String denied, String name, String letters) {
        assertLeadsNowhere(
                name,
                "[[rule]]\nfiles = \"" + denied + "\"\naction = \"deny\"\n[[rule]]\ncase = \"" + letters + "\"\n");
    }
}

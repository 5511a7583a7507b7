package dev.lockstep.tftp.server.rules;

import static dev.lockstep.tftp.testing.Requests.rrq;
import static dev.lockstep.tftp.testing.Requests.wrq;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TftpMessage.Request;
import dev.lockstep.tftp.codec.TftpMessage.WriteRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.io.RateLimiter;
import dev.lockstep.tftp.io.Sink;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.storage.OverlayStorage.OnError;
import dev.lockstep.tftp.server.storage.Storage;
import dev.lockstep.tftp.server.storage.StorageProvider;
import dev.lockstep.tftp.server.storage.StorageRegistry;
import dev.lockstep.tftp.server.storage.StorageSettings;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulePolicyTest {
    private static final Map<String, String> MACS = Map.of("10.0.0.7", "52-54-00-12-34-56");

    @TempDir
    private Path folder;

    @BeforeEach
    void create_files() throws IOException {
        put("srv/a.cfg", "all");
        put("srv/boot/grub.efi", "grub");
        put("srv/10.0.0.7/a.cfg", "of 10.0.0.7");
        put("srv/2001-db8--7/a.cfg", "of 2001:db8::7");
        put("srv/52-54-00-12-34-56/a.cfg", "of that card");
        put("srv/phones/x1/x1/conf", "of phone x1");
        put("srv/secret/key", "secret");
        put("out/a.cfg", "outside");
        Files.createSymbolicLink(folder.resolve("srv/10.0.0.9"), folder.resolve("out"));
        Files.createSymbolicLink(folder.resolve("srv/10.0.0.7/link"), folder.resolve("srv/secret/key"));
    }

    private void put(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private CommonSettings common(StorageRegistry registry) throws IOException {
        Path root = folder.resolve("srv");
        StorageSettings settings = new StorageSettings(WriteRules.READ_ONLY, false);
        NeighbourTable neighbours = client -> Optional.ofNullable(MACS.get(client.getHostAddress()));
        Roots.Locations locations = new Roots.Locations(List.of(root.toString()), OnError.STOP);
        Roots roots = Roots.open(locations, settings, registry, neighbours);
        return new CommonSettings(
                new RequestSettings(roots.storage(), TransferLimits.DEFAULT),
                roots,
                settings,
                PortMode.EPHEMERAL,
                registry,
                neighbours);
    }

    private RulePolicy rules(String toml) throws IOException, ConfigException {
        return rules(toml, new StorageRegistry());
    }

    private RulePolicy rules(String toml, StorageRegistry registry) throws IOException, ConfigException {
        Path file = folder.resolve("tftpd.toml");
        Files.writeString(file, toml.replace("ROOT", folder.toString()));
        return ConfigFile.read(file, Set.of("root", "listen")).rules(common(registry));
    }

    private List<String> problems(String toml) {
        return catchThrowableOfType(ConfigException.class, () -> rules(toml)).problems();
    }

    private static InetSocketAddress peer(String client) {
        return new InetSocketAddress(IpNetwork.literal(client), 2000);
    }

    private static Request reading(String name) {
        return new ReadRequest(name, TransferMode.OCTET, Options.NONE);
    }

    private static Request writing(String name) {
        return new WriteRequest(name, TransferMode.OCTET, Options.NONE);
    }

    private static String read(RulePolicy policy, String client, String name) throws IOException {
        RequestSettings requestSettings = policy.resolve(reading(name), peer(client));
        try (Source source = requestSettings.storage().read(rrq(name), peer(client))) {
            ByteBuffer content = ByteBuffer.allocate((int) source.size());
            while (content.hasRemaining()) {
                source.read(content);
            }
            return new String(content.array(), StandardCharsets.UTF_8);
        }
    }

    private static TftpException refusal(RulePolicy policy, String client, String name) {
        return catchThrowableOfType(TftpException.class, () -> read(policy, client, name));
    }

    @Test
    void only_the_first_matching_rule_applies() throws Exception {
        RulePolicy policy = rules("""
                [[rule]]
                clients = "10.0.0.0/8"
                files = "*.cfg"
                blksize-limit = 600
                [[rule]]
                clients = ["10.0.0.0/24", "2001:db8::/32"]
                blksize-limit = 700
                [[rule]]
                operation = "write"
                blksize-limit = 800
                """);
        assertThat(policy.resolve(reading("a.cfg"), peer("10.0.0.7")).limits().blksize())
                .isEqualTo(600);
        assertThat(policy.resolve(reading("b"), peer("10.0.0.7")).limits().blksize())
                .isEqualTo(700);
        assertThat(policy.resolve(reading("b"), peer("2001:db8::1")).limits().blksize())
                .isEqualTo(700);
        assertThat(policy.resolve(writing("b"), peer("192.0.2.1")).limits().blksize())
                .isEqualTo(800);
        assertThat(policy.resolve(reading("b"), peer("192.0.2.1")).limits()).isEqualTo(TransferLimits.DEFAULT);
    }

    @Test
    void the_first_root_of_a_list_that_has_the_file_serves_it() throws Exception {
        RulePolicy policy = rules("""
                [[rule]]
                name = "cards"
                root = ["ROOT/srv/{mac}", "file:ROOT/srv/{ip}", "memory:", "ROOT/srv"]
                """);
        assertThat(read(policy, "10.0.0.7", "a.cfg")).isEqualTo("of that card");
        assertThat(read(policy, "2001:db8::7", "a.cfg")).isEqualTo("of 2001:db8::7");
        assertThat(read(policy, "10.0.0.8", "a.cfg")).isEqualTo("all");
        assertThat(read(policy, "10.0.0.7", "boot/grub.efi")).isEqualTo("grub");
        assertThat(refusal(policy, "10.0.0.8", "none").explained())
                .isEqualTo("file not found (rule 1 \"cards\", tftpd.toml line 1:"
                        + " {mac}: 10.0.0.8 is not in the neighbour table;"
                        + " root " + folder + "/srv/10.0.0.8; none; " + folder + "/srv/none)");
        assertThat(RuleSummary.of(policy).get(0))
                .endsWith(": files in " + folder + "/srv/{mac}, then " + folder + "/srv/{ip}, then memory, then "
                        + folder + "/srv, no uploads");
        assertThat(policy.storages()).extracting(Storage::toString).contains("memory", folder + "/srv");
    }

    /** A name is checked by each root as it is alone: a link that leads out of one does not lead to the next. */
    @Test
    void an_error_of_one_root_stops_unless_the_rule_says_otherwise() throws Exception {
        String roots = "root = [\"ROOT/srv/{ip}\", \"ROOT/srv\"]\n";
        RulePolicy stop = rules("[[rule]]\n" + roots);
        TftpException link = refusal(stop, "10.0.0.9", "a.cfg");
        assertThat(link.code()).isEqualTo(2);
        assertThat(link.explained()).contains("rule 1, tftpd.toml line 1: root " + folder + "/srv/10.0.0.9");
        assertThat(read(rules("[[rule]]\non-error = \"next\"\n" + roots), "10.0.0.9", "a.cfg"))
                .isEqualTo("all");
        assertThat(RuleSummary.of(rules("[[rule]]\non-error = \"next\"\n" + roots))
                        .get(0))
                .contains("/srv (also after errors), no uploads");
        assertThat(rules("[[rule]]\non-error = \"next\"\nroot = \"ROOT/srv\"\n").warnings())
                .containsExactly("tftpd.toml line 2: on-error: has no effect (expected: several roots)");
        assertThat(problems("[[rule]]\non-error = \"on\"\nroot = [\"ROOT/srv\", \"ROOT/none\", 3]\n"))
                .containsExactly(
                        "tftpd.toml line 2: on-error: on (expected: next, stop)",
                        "tftpd.toml line 3: root: 3 (expected: texts in quotes)",
                        "tftpd.toml line 3: root: " + folder
                                + "/none: no such directory (expected: a directory that can be read)");
        assertThat(problems("[[rule]]\nroot = []\n")).singleElement().asString().contains("(expected: at least one)");
    }

    @Test
    void uploads_of_a_list_go_to_the_first_root_that_takes_them() throws Exception {
        RulePolicy policy = rules("""
                [[rule]]
                root = ["classpath:META-INF/", "memory:", "ROOT/srv"]
                writable = true
                """);
        Storage storage = policy.resolve(writing("new"), peer("10.0.0.7")).storage();
        try (Sink sink = storage.write(wrq("new"), peer("10.0.0.7"))) {
            sink.write(ByteBuffer.wrap("uploaded".getBytes(StandardCharsets.UTF_8)));
            sink.commit();
        }
        assertThat(read(policy, "10.0.0.7", "new")).isEqualTo("uploaded");
        assertThat(folder.resolve("srv/new")).doesNotExist();
        assertThat(RuleSummary.of(policy).get(0))
                .endsWith("classpath:META-INF, then memory, then " + folder + "/srv, uploads of new files to memory");
        assertThat(policy.storages().stream().filter(Storage::isWritable))
                .extracting(Storage::toString)
                .containsExactly("memory");
        Explanation upload = new Explanation(policy, writing("other"), IpNetwork.literal("10.0.0.7"), 1500);
        assertThat(upload.lines())
                .contains("root 2 of 3: memory, the first that accepts uploads", "file: other", "granted");
        Explanation hidden = new Explanation(policy, writing("a.cfg"), IpNetwork.literal("10.0.0.7"), 1500);
        assertThat(hidden.lines()).last().asString().startsWith("refused: file exists (rule 1");
    }

    @Test
    void the_explanation_says_what_each_root_said() throws Exception {
        RulePolicy policy = rules("[[rule]]\nroot = [\"ROOT/srv/{mac}\", \"memory:\", \"ROOT/srv\", \"ROOT/out\"]\n");
        Explanation explanation =
                new Explanation(policy, reading("boot/grub.efi"), IpNetwork.literal("10.0.0.7"), 1500);
        assertThat(explanation.lines())
                .containsSubsequence(
                        "root 1 of 4: " + folder + "/srv/{mac}",
                        "root 1 of 4: file not found (" + folder + "/srv/52-54-00-12-34-56/boot/grub.efi)",
                        "root 2 of 4: memory",
                        "root 2 of 4: file not found (boot/grub.efi)",
                        "root 3 of 4: " + folder + "/srv",
                        "file: " + folder + "/srv/boot/grub.efi",
                        "size: 4 bytes",
                        "granted")
                .noneMatch(line -> line.startsWith("root 4"));
    }

    @Test
    void a_denial_names_its_rule_in_the_log_only() throws Exception {
        RulePolicy policy = rules("""

                [[rule]]
                name = "keys"
                files = "secret/**"
                action = "deny"
                """);
        TftpException refusal = refusal(policy, "10.0.0.7", "/secret/key");
        assertThat(refusal).hasMessage("not allowed");
        assertThat(refusal.code()).isEqualTo(2);
        assertThat(refusal.explained()).isEqualTo("not allowed (rule 1 \"keys\", tftpd.toml line 2 denies it)");
        assertThat(read(policy, "10.0.0.7", "a.cfg")).isEqualTo("all");
    }

    /** Verifies that no spelling of the name bypasses a denial. */
    @ParameterizedTest
    @CsvSource({
        "secret/key",
        "/secret/key",
        "//secret//key",
        "./secret/./key",
        "secret\\key",
        "\\secret\\\\key",
        "Secret/KEY"
    })
    void a_name_is_normalized_before_it_is_matched(String name) throws Exception {
        RulePolicy policy = rules("[[rule]]\nfiles = \"secret/**\"\naction = \"deny\"\n[[rule]]\ncase = \"lower\"\n");
        assertThat(refusal(policy, "10.0.0.7", name)).hasMessage("not allowed");
    }

    @Test
    void a_name_that_leads_out_is_refused_before_any_rule_is_matched() throws Exception {
        RulePolicy policy = rules("[[rule]]\nroot = \"ROOT\"\n");
        assertThat(refusal(policy, "10.0.0.7", "srv/../out/a.cfg")).hasMessage("name leads out of the served folder");
    }

    @Test
    void each_client_has_its_own_root() throws Exception {
        RulePolicy byAddress = rules("[[rule]]\nroot = \"ROOT/srv/{ip}\"\n");
        assertThat(read(byAddress, "10.0.0.7", "a.cfg")).isEqualTo("of 10.0.0.7");
        assertThat(read(byAddress, "2001:db8::7", "a.cfg")).isEqualTo("of 2001:db8::7");
        TftpException none = refusal(byAddress, "10.0.0.8", "a.cfg");
        assertThat(none).hasMessage("file not found");
        assertThat(none.explained()).contains("rule 1, tftpd.toml line 1", "root " + folder + "/srv/10.0.0.8");
    }

    @Test
    void a_root_by_hardware_address_needs_an_entry_in_the_neighbour_table() throws Exception {
        RulePolicy byCard = rules("[[rule]]\nroot = \"ROOT/srv/{mac}\"\n");
        assertThat(read(byCard, "10.0.0.7", "a.cfg")).isEqualTo("of that card");
        TftpException unknown = refusal(byCard, "10.0.0.8", "a.cfg");
        assertThat(unknown).hasMessage("file not found");
        assertThat(unknown.explained()).contains("{mac}: 10.0.0.8 is not in the neighbour table");
    }

    @Test
    void a_root_may_contain_parts_of_the_name() throws Exception {
        RulePolicy byPart = rules("[[rule]]\nroot = \"ROOT/srv/phones/{filename:1}\"\n");
        assertThat(read(byPart, "10.0.0.7", "x1/conf")).isEqualTo("of phone x1");
        RulePolicy fromEnd = rules("[[rule]]\nroot = \"ROOT/srv/phones/{filename:-2}\"\n");
        assertThat(read(fromEnd, "10.0.0.7", "x1/conf")).isEqualTo("of phone x1");
        assertThat(refusal(fromEnd, "10.0.0.7", "conf").explained()).contains("{filename:-2}: the name has 1 parts");
    }

    @Test
    void no_link_leads_out_of_a_root_with_placeholders() throws Exception {
        RulePolicy byAddress = rules("[[rule]]\nroot = \"ROOT/srv/{ip}\"\n");
        assertThat(refusal(byAddress, "10.0.0.9", "a.cfg")).hasMessage("name leads out of the served folder");
        assertThat(refusal(byAddress, "10.0.0.7", "link")).hasMessage("name leads out of the served folder");
    }

    @Test
    void names_are_folded_then_rewritten_and_the_result_is_validated() throws Exception {
        RulePolicy policy = rules("""
                [[rule]]
                case = "lower"
                rename = [{ from = '^boot/x64/(.*)\\.n12$', to = "boot/$1.efi" }, { from = "^up/", to = "../out/" }]
                """);
        assertThat(read(policy, "10.0.0.7", "BOOT\\X64\\Grub.N12")).isEqualTo("grub");
        assertThat(refusal(policy, "10.0.0.7", "up/a.cfg")).hasMessage("name leads out of the served folder");
    }

    @Test
    void a_rule_may_allow_uploads_that_others_do_not() throws Exception {
        RulePolicy policy = rules("""
                [[rule]]
                clients = "10.0.0.7"
                writable = true
                max-size = "1K"
                """);
        policy.resolve(writing("new"), peer("10.0.0.7"))
                .storage()
                .write(wrq("new", 1024), peer("10.0.0.7"))
                .close();
        RequestSettings mine = policy.resolve(writing("new"), peer("10.0.0.7"));
        assertThat(catchThrowableOfType(
                        TftpException.class, () -> mine.storage().write(wrq("new", 1025), peer("10.0.0.7"))))
                .hasMessage("file is larger than allowed");
        RequestSettings others = policy.resolve(writing("new"), peer("10.0.0.8"));
        assertThat(catchThrowableOfType(
                        TftpException.class, () -> others.storage().write(wrq("new", 1), peer("10.0.0.8"))))
                .hasMessage("uploads are not accepted");
    }

    @Test
    void a_rule_may_serve_files_that_are_not_readable_by_others() throws Exception {
        Files.setPosixFilePermissions(folder.resolve("srv/a.cfg"), PosixFilePermissions.fromString("rw-------"));
        RulePolicy policy = rules("""
                [[rule]]
                clients = "10.0.0.7"
                serve-private = true
                """);
        assertThat(read(policy, "10.0.0.7", "a.cfg")).isEqualTo("all");
        assertThat(refusal(policy, "10.0.0.8", "a.cfg")).hasMessage("file is not readable by others");
        assertThat(RuleSummary.of(policy)).anyMatch(line -> line.contains("others may not read included"));
    }

    @Test
    void a_rate_applies_to_each_transfer_or_is_shared_by_the_transfers_of_a_client() throws Exception {
        RulePolicy policy = rules("""
                [[rule]]
                files = "each"
                rate-per-transfer = "1K"
                [[rule]]
                files = "shared"
                rate-per-client = "1K"
                """);
        assertThat(waitOfSecond(policy, "each", "10.0.0.1", "10.0.0.1")).isNotPositive();
        assertThat(waitOfSecond(policy, "shared", "10.0.0.1", "10.0.0.1")).isPositive();
        assertThat(waitOfSecond(policy, "shared", "10.0.0.2", "10.0.0.3")).isNotPositive();
        assertThat(policy.resolve(reading("all"), peer("10.0.0.1")).rateLimiter())
                .isSameAs(RateLimiter.UNLIMITED);
        assertThat(policy.resolve(reading("each"), peer("10.0.0.1")).limits().windowBytes())
                .as("at most what the rate sends before the client retransmits")
                .isEqualTo(256);
    }

    private static long waitOfSecond(RulePolicy policy, String name, String first, String second) throws IOException {
        policy.resolve(reading(name), peer(first)).rateLimiter().reserve(1024, 0);
        return policy.resolve(reading(name), peer(second)).rateLimiter().reserve(1024, 0);
    }

    @Test
    void the_port_is_chosen_by_client() throws Exception {
        RulePolicy policy = rules("""
                [[rule]]
                files = "x"
                [[rule]]
                clients = "10.0.0.0/8"
                ports = "single"
                [[rule]]
                clients = "192.0.2.0/24"
                ports = "7000-7009"
                """);
        assertThat(policy.forPeer(peer("10.0.0.1"))).isEqualTo(PortMode.SINGLE);
        assertThat(policy.forPeer(peer("192.0.2.1"))).isEqualTo(new PortMode.Range(7000, 7009));
        assertThat(policy.forPeer(peer("2001:db8::1"))).isEqualTo(PortMode.EPHEMERAL);
    }

    @Test
    void quirks_are_combined_and_the_mtu_is_that_of_the_rule() throws Exception {
        RequestSettings requestSettings = rules("[[rule]]\nquirks = [\"grub\", \"rollover-1\"]\nmtu = 1280\n")
                .resolve(reading("x"), peer("10.0.0.1"));
        assertThat(requestSettings.quirks().blksize()).isEqualTo(1024);
        assertThat(requestSettings.quirks().ignoredOptions()).containsExactly(KnownOption.WINDOWSIZE);
        assertThat(requestSettings.quirks().rollover()).isEqualTo(1);
        assertThat(requestSettings.mtu()).isEqualTo(1280);
    }

    @Test
    void a_misspelt_port_mode_is_reported_with_all_modes() {
        assertThat(problems("[[rule]]\nports = \"singel\"\n"))
                .containsExactly(
                        "tftpd.toml line 2: ports: singel (expected: fresh, single or FIRST-LAST, 1 to 65535)");
    }

    @Test
    void all_errors_are_reported_in_the_order_of_the_lines() {
        assertThat(problems("""
                [[rule]]
                client = "10.0.0.0/8"
                clients = ["10.0.0.0/40", 7]
                listen = "x"
                operation = "rea"
                quirks = "ipx"
                rename = [{ from = "(", to = "" }]
                mtu = 5
                timeout = -1
                writable = "yes"
                max-size = "much"
                root = "ROOT/none"
                windowsize-limit = 32768
                ports = "single"
                """))
                .containsExactly(
                        "tftpd.toml line 2: client: unknown key (did you mean clients?)",
                        "tftpd.toml line 3: clients: 10.0.0.0/40 (expected: a prefix length of 0 to 32)",
                        "tftpd.toml line 3: clients: 7 (expected: texts in quotes)",
                        "tftpd.toml line 4: listen: unknown key (settings of the daemon come before the first [[rule]])",
                        "tftpd.toml line 5: operation: rea (expected: read, write)",
                        "tftpd.toml line 6: quirks: ipx (expected: "
                                + "cisco, commons-net, edk2, grub, ipxe, no-options, no-timeout, no-tsize,"
                                + " no-windowsize, rollover-1, shim, uboot)",
                        "tftpd.toml line 7: from: ( (expected: a regular expression; missing closing ))",
                        "tftpd.toml line 8: mtu: 5 (expected: 68 to 65535)",
                        "tftpd.toml line 9: timeout: -1 (expected: a number of seconds up to 86400)",
                        "tftpd.toml line 10: writable: yes (expected: true or false)",
                        "tftpd.toml line 11: max-size: 'much' (expected: a size such as 4096, 64K or 512M)",
                        "tftpd.toml line 12: root: " + folder
                                + "/none: no such directory (expected: a directory that can be read)",
                        "tftpd.toml line 13: windowsize-limit: 32768 (expected: 1 to 32767)",
                        "tftpd.toml line 14: ports: (expected: in a rule without files and operation:"
                                + " the port is chosen by client)");
    }

    @ParameterizedTest
    @CsvSource({"$2", "a$", "${no}", "$x", "a\\"})
    void a_rewrite_may_only_refer_to_existing_groups(String to) {
        assertThat(problems("[[rule]]\nrename = [{ from = \"(?P<part>a)\", to = '" + to + "' }]\n"))
                .containsExactly("tftpd.toml line 2: to: " + to + " (expected: $0 to $1, or \\$ and \\\\ as they are)");
    }

    @Test
    void a_rewrite_may_have_named_groups() throws Exception {
        RulePolicy policy = rules("[[rule]]\nrename = [{ from = '^(?P<name>.*)[.]conf$', to = '${name}.cfg' }]\n");
        assertThat(read(policy, "10.0.0.7", "a.conf")).isEqualTo("all");
    }

    @Test
    void an_empty_list_is_rejected() {
        assertThat(problems("[[rule]]\nclients = []\nfiles = []\n"))
                .containsExactly(
                        "tftpd.toml line 2: clients: (expected: at least one)",
                        "tftpd.toml line 3: files: (expected: at least one)");
    }

    @Test
    void unknown_settings_and_invalid_files_are_reported_with_their_line() {
        assertThat(problems("\nlisen = \"x\"\n"))
                .containsExactly("tftpd.toml line 2: lisen: unknown key (did you mean listen?)");
        assertThat(problems("root = \"x\"\nroot = \"y\"\n"))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("tftpd.toml line 2: ");
        assertThat(problems("\n\nroot = \n")).first().asString().startsWith("tftpd.toml line 3: ");
        assertThat(problems("rule = 5\n"))
                .containsExactly("tftpd.toml line 1: rule: (expected: [[rule]] above each rule)");
        assertThat(problems("lisen = 1\ncolour = 2\n[[rule]]\nclinets = \"10.0.0.1\"\nshape = 3\nmtu = 1\n"))
                .containsExactly(
                        "tftpd.toml line 1: lisen: unknown key (did you mean listen?)",
                        "tftpd.toml line 2: colour: unknown key",
                        "tftpd.toml line 4: clinets: unknown key (did you mean clients?)",
                        "tftpd.toml line 5: shape: unknown key",
                        "tftpd.toml line 6: mtu: 1 (expected: 68 to 65535)");
    }

    private List<String> warnings(String toml) throws Exception {
        return rules(toml).warnings();
    }

    @Test
    void overwrite_without_writable_is_warned_of() throws Exception {
        assertThat(warnings("[[rule]]\nfiles = \"a\"\noverwrite = true\n"))
                .containsExactly("tftpd.toml line 3: overwrite: has no effect (expected: writable = true as well)");
        assertThat(warnings("[[rule]]\nwritable = true\noverwrite = true\n")).isEmpty();
    }

    /** Two rules as TOML, without their headers; the second one never matches. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mtu = 100 | files = 'a'",
                "clients = '10.0.0.0/8' | clients = ['10.1.0.0/16', '10.2.0.1']",
                "clients = ['10.0.0.0/8', '2001:db8::/32'] | clients = ['2001:db8:1::/48', '10.0.0.1']",
                "files = '*' | files = ['x', 'b/**']",
                "files = '**' | clients = '10.0.0.1'",
                "files = '*.cfg' | files = 'boot/*.cfg'",
                "files = '*.cfg' | files = 'boot/a.cfg'",
                "files = '/boot/**' | files = ['boot/x/*.efi', 'boot/y']",
                "files = ['a', 'b'] | files = 'b'",
                "operation = 'read' | operation = 'read'",
                "files = 'a'; action = 'deny' | files = 'a'",
            })
    void a_rule_whose_requests_all_match_earlier_rules_is_warned_of(String first, String second) throws Exception {
        String toml = "[[rule]]\n" + first.replace("; ", "\n") + "\n[[rule]]\n" + second + "\n";
        long line = toml.lines().count() - 1;
        assertThat(warnings(toml))
                .containsExactly("tftpd.toml line " + line
                        + ": rule never matches: its requests match rule 1, tftpd.toml line 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "files = 'a' | mtu = 100",
                "clients = '10.1.0.0/16' | clients = '10.0.0.0/8'",
                "clients = '10.0.0.0/8' | clients = ['10.0.0.1', '192.0.2.1']",
                "clients = '0.0.0.0/0' | clients = '::1'",
                "clients = '10.0.0.0/8' | files = 'a'",
                "operation = 'write' | files = 'a'",
                "files = '/a' | files = 'a'",
                "files = 'a' | files = 'A'; action = 'deny'",
                "files = '/*' | files = '*.cfg'",
                "files = 'boot/*' | files = 'boot/x/y'",
                "files = '*.cfg' | files = 'boot/**'",
                "mtu = 100 | ports = 'single'",
            })
    void a_rule_that_may_match_is_not_warned_of(String first, String second) throws Exception {
        assertThat(warnings("[[rule]]\n" + first + "\n[[rule]]\n" + second.replace("; ", "\n") + "\n"))
                .isEmpty();
    }

    @Test
    void several_earlier_rules_and_impossible_names_are_warned_of() throws Exception {
        assertThat(warnings("""
                [[rule]]
                operation = "read"
                files = "a"
                [[rule]]
                operation = "write"
                [[rule]]
                name = "late"
                files = "a"
                [[rule]]
                operation = "read"
                files = ["boot/", "x/../y"]
                """))
                .containsExactly(
                        "tftpd.toml line 6: rule never matches: its requests match"
                                + " rule 1, tftpd.toml line 1; rule 2, tftpd.toml line 4",
                        "tftpd.toml line 9: rule never matches: no name is like boot/");
    }

    @Test
    void an_explanation_has_the_rule_the_file_and_the_options() throws Exception {
        RulePolicy policy = rules("""
                [[rule]]
                name = "ipxe"
                files = "*.efi"
                quirks = "ipxe"
                """);
        Options asked = Options.NONE
                .with("blksize", 1468)
                .with("tsize", 0)
                .with("windowsize", 90)
                .with("foo", "bar")
                .with("timeout", 0);
        Request request = new ReadRequest("boot/grub.efi", TransferMode.OCTET, asked);
        Explanation granted = new Explanation(policy, request, IpNetwork.literal("10.0.0.7"), 1500);
        assertThat(granted.isGranted()).isTrue();
        assertThat(granted.lines())
                .containsExactly(
                        "rule 1 \"ipxe\", tftpd.toml line 1: like *.efi",
                        "port: a fresh port a transfer (no rule)",
                        "file: " + folder.toRealPath() + "/srv/boot/grub.efi",
                        "size: 4 bytes",
                        "quirk ipxe: blksize up to 1432, tsize is left out",
                        "option blksize=1468: 1432, the most by quirk",
                        "option tsize=0: left out, by quirk",
                        "option windowsize=90: 64, the most that 64 blocks and 98304 bytes allow",
                        "option foo=bar: left out, unknown option",
                        "option timeout=0: left out, invalid value, or overridden by another option",
                        "PMTU black hole: blksize 512 instead, while the running daemon has logged one for this client"
                                + " within 10 min",
                        "granted");
    }

    @Test
    void an_explanation_has_the_reason_of_a_refusal_as_in_the_log() throws Exception {
        RulePolicy policy = rules("[[rule]]\noperation = \"write\"\naction = \"deny\"\n");
        Explanation denied = new Explanation(policy, writing("x"), IpNetwork.literal("10.0.0.7"), 1500);
        TftpException logged =
                catchThrowableOfType(TftpException.class, () -> policy.resolve(writing("x"), peer("10.0.0.7")));
        assertThat(denied.isGranted()).isFalse();
        assertThat(denied.lines()).last().isEqualTo("refused: " + logged.explained());
        Explanation missing = new Explanation(policy, reading("none"), IpNetwork.literal("10.0.0.7"), 1500);
        assertThat(missing.lines())
                .containsExactly(
                        "no rule matches",
                        "port: a fresh port a transfer (no rule)",
                        "refused: " + refusal(policy, "10.0.0.7", "none").explained());
    }

    @Test
    void a_summary_has_one_line_for_each_rule() throws Exception {
        RulePolicy policy = rules("""
                [[rule]]
                operation = "write"
                clients = "10.0.0.0/8"
                action = "deny"
                [[rule]]
                root = "ROOT/srv/{ip}"
                rate-per-client = "1M"
                mtu = 65535
                """);
        assertThat(RuleSummary.of(policy))
                .element(0)
                .isEqualTo("rule 1, tftpd.toml line 1: writes of 10.0.0.0/8: denied");
        assertThat(RuleSummary.of(policy))
                .element(1)
                .asString()
                .contains("everything: files in " + folder.toRealPath() + "/srv/{ip}, no uploads")
                .contains("any MTU; 1048576 bytes/s each client");
        assertThat(RuleSummary.of(policy)).last().asString().startsWith("all else: files in ");
    }

    @Test
    void the_neighbour_table_of_linux_is_read() {
        List<String> table = List.of(
                "IP address       HW type     Flags       HW address            Mask     Device",
                "10.0.0.70        0x1         0x2         52:54:00:00:00:70     *        eth0",
                "10.0.0.7         0x1         0x2         52:54:00:AB:cd:07     *        eth0",
                "10.0.0.8         0x1         0x0         00:00:00:00:00:00     *        eth0");
        assertThat(SystemNeighbourTable.inArpTable(table, "10.0.0.7")).contains("52-54-00-ab-cd-07");
        assertThat(SystemNeighbourTable.inArpTable(table, "10.0.0.8")).isEmpty();
        assertThat(SystemNeighbourTable.inArpTable(table, "10.0.0.9")).isEmpty();
        assertThat(SystemNeighbourTable.hardwareAddressIn("fe80::1 dev eth0 lladdr 52:54:00:12:34:56 REACHABLE"))
                .contains("52-54-00-12-34-56");
        assertThat(SystemNeighbourTable.hardwareAddressIn("fe80::2 dev eth0 FAILED"))
                .isEmpty();
    }

    @Test
    void a_root_may_be_a_uri_with_placeholders_in_its_path() throws Exception {
        RulePolicy policy = rules("""
                [[rule]]
                clients = "10.0.0.7"
                root = "file:ROOT/srv/{ip}"
                [[rule]]
                clients = "10.0.0.8"
                root = "memory:/clients/{ip}"
                writable = true
                [[rule]]
                clients = "10.0.0.9"
                root = "memory:/clients/10.0.0.8"
                [[rule]]
                clients = "10.0.0.10"
                root = "memory:{ip}"
                """);
        assertThat(read(policy, "10.0.0.7", "a.cfg")).isEqualTo("of 10.0.0.7");
        InetSocketAddress writer = peer("10.0.0.8");
        try (Sink sink = policy.resolve(writing("conf"), writer).storage().write(wrq("conf"), writer)) {
            sink.write(ByteBuffer.wrap("kept".getBytes(StandardCharsets.UTF_8)));
            sink.commit();
        }
        assertThat(read(policy, "10.0.0.8", "conf")).isEqualTo("kept");
        assertThat(read(policy, "10.0.0.9", "conf")).isEqualTo("kept");
        assertThat(refusal(policy, "10.0.0.10", "conf").explained()).contains("file not found", ": 10.0.0.10/conf");
        assertThat(RuleSummary.of(policy))
                .anyMatch(line -> line.contains("files in memory/clients/{ip}, uploads of new files"))
                .anyMatch(line -> line.contains("files in memory/clients/10.0.0.8, no uploads"));
    }

    @Test
    void a_root_with_an_unknown_scheme_or_a_placeholder_outside_of_its_path_is_reported() {
        assertThat(problems("""
                        [[rule]]
                        root = "gopher://host/x"
                        [[rule]]
                        root = "memory://{ip}/x"
                        """))
                .containsExactly(
                        "tftpd.toml line 2: root: gopher://host/x (expected: a directory that can be read, or a URI of: "
                                + String.join(", ", new StorageRegistry().schemes()) + ")",
                        "tftpd.toml line 4: root: memory://{ip}/x (expected: placeholders in the path only)");
    }

    @Test
    void an_unexpected_failure_of_a_storage_is_named_with_the_rule_in_the_log_only() throws Exception {
        StorageProvider failing = new StorageProvider() {
            @Override
            public Set<String> schemes() {
                return Set.of("failing");
            }

            @Override
            public Storage open(URI uri, StorageSettings settings) {
                return (request, peer) -> {
                    throw new SocketException("reset by " + uri.getHost());
                };
            }
        };
        RulePolicy policy = rules("""
                [[rule]]
                root = "failing://192.0.2.1"
                writable = true
                """, new StorageRegistry().register(failing));
        TftpException refusal = refusal(policy, "10.0.0.7", "f");
        assertThat(refusal).hasMessage("internal error");
        assertThat(refusal.explained())
                .isEqualTo(
                        "internal error (rule 1, tftpd.toml line 1: f, java.net.SocketException: reset by 192.0.2.1)");
        assertThat(RuleSummary.of(policy))
                .element(0)
                .asString()
                .contains(", no uploads")
                .doesNotContain("uploads of");
    }
}

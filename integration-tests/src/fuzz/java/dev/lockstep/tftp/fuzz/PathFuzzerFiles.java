package dev.lockstep.tftp.fuzz;

import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.PortMode;
import dev.lockstep.tftp.server.RequestSettings;
import dev.lockstep.tftp.server.rules.CommonSettings;
import dev.lockstep.tftp.server.rules.ConfigException;
import dev.lockstep.tftp.server.rules.ConfigFile;
import dev.lockstep.tftp.server.rules.NeighbourTable;
import dev.lockstep.tftp.server.rules.Roots;
import dev.lockstep.tftp.server.rules.RulePolicy;
import dev.lockstep.tftp.server.storage.OverlayStorage.OnError;
import dev.lockstep.tftp.server.storage.StorageRegistry;
import dev.lockstep.tftp.server.storage.StorageSettings;
import dev.lockstep.tftp.server.storage.WriteRules;
import dev.lockstep.tftp.testing.MemoryFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A served folder, beside it a sibling with its name as prefix and a secret, links to them from inside, and rules that
 * rewrite names and fill in roots.
 */
final class PathFuzzerFiles {
    static final byte[] PUBLIC = "public".getBytes(StandardCharsets.US_ASCII);
    static final int RULES = 5;

    private static final String LINK = "swap";
    private static final String TOML = """
            [[rule]]
            clients = "10.0.0.1"
            root = "ROOT/{filename:1}"
            [[rule]]
            clients = "10.0.0.2"
            root = "ROOT/x{filename:-2}"
            [[rule]]
            clients = "10.0.0.3"
            root = "ROOT/{mac}"
            [[rule]]
            clients = "10.0.0.4"
            rename = [{ from = "-", to = "" }, { from = "^(.)/(.)", to = "$1$1/$2$2" }, { from = "[:;%]", to = "/" }]
            [[rule]]
            clients = "10.0.0.5"
            case = "lower"
            rename = [{ from = "[^a-z/]", to = "." }, { from = "^up", to = "../" }, { from = "x$", to = "\\\\\\\\..\\\\\\\\" }]
            """;

    private final Path outside;
    private final Path root;
    private final RulePolicy rules;
    private final Map<Path, String> before;
    private final Set<Path> inside;
    private String target = "";

    private PathFuzzerFiles() throws IOException, ConfigException {
        outside = MemoryFolder.create("names").toRealPath();
        root = outside.resolve("root");
        for (String folder : new String[] {"root/sub/deep", "root/xsub", "root/.x", "root-sibling/sub"}) {
            Files.createDirectories(outside.resolve(folder));
        }
        for (String name : new String[] {"file", "sub/file", "sub/deep/file", "xsub/file", ".x/file"}) {
            Files.write(root.resolve(name), PUBLIC);
        }
        for (String name : new String[] {"secret", "file", "root-sibling/secret", "root-sibling/file"}) {
            Files.writeString(outside.resolve(name), "secret");
        }
        Files.createSymbolicLink(root.resolve("link"), outside.resolve("secret"));
        Files.createSymbolicLink(root.resolve("out"), outside);
        Files.createSymbolicLink(root.resolve("xout"), Path.of("../root-sibling"));
        rules = readRules();
        before = contentOutside();
        inside = filesInside();
    }

    static PathFuzzerFiles create() {
        try {
            PathFuzzerFiles folder = new PathFuzzerFiles();
            Runtime.getRuntime().addShutdownHook(new Thread(folder::delete));
            return folder;
        } catch (IOException | ConfigException e) {
            throw new AssertionError(e);
        }
    }

    private void delete() {
        try (Stream<Path> files = Files.walk(outside)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RulePolicy readRules() throws IOException, ConfigException {
        StorageSettings settings = new StorageSettings(WriteRules.ANY_FILE, false);
        NeighbourTable neighbours = client -> Optional.of(target);
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
        Path file = Files.writeString(outside.resolve("tftpd.toml"), TOML.replace("ROOT", root.toString()));
        return ConfigFile.read(file, Set.of()).rules(common);
    }

    RulePolicy rules() {
        return rules;
    }

    /** Creates a link in the root, unless its target may be outside of the folder that was made for this test. */
    void link(String to) throws IOException {
        target = to;
        if (to.isEmpty() || to.startsWith("/") || to.indexOf("..") != to.lastIndexOf("..")) {
            return;
        }
        try {
            Files.createSymbolicLink(root.resolve(LINK), Path.of(to));
        } catch (InvalidPathException | FileSystemException e) {
            // a link cannot have this target
        }
    }

    void unlink() throws IOException {
        Files.deleteIfExists(root.resolve(LINK));
    }

    void requireNothingNewOutside(String name) throws IOException {
        Map<Path, String> now = contentOutside();
        if (!now.equals(before)) {
            throw new AssertionError("wrote outside the root: " + name + ", there is " + now);
        }
    }

    /** Removes the files that requests have created. */
    void removeWhatIsNew() throws IOException {
        for (Path file : filesInside()) {
            if (!inside.contains(file) && !file.equals(root.resolve(LINK))) {
                Files.delete(file);
            }
        }
    }

    private Map<Path, String> contentOutside() throws IOException {
        Map<Path, String> content = new TreeMap<>();
        try (Stream<Path> files = Stream.concat(Files.list(outside), Files.walk(outside.resolve("root-sibling")))) {
            for (Path file : files.toList()) {
                content.put(file, Files.isRegularFile(file) ? Files.readString(file) : "");
            }
        }
        return content;
    }

    private Set<Path> filesInside() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return Set.copyOf(files.toList());
        }
    }
}

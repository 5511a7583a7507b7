package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.server.rules.Explanation;
import dev.lockstep.tftp.server.rules.RulePolicy;
import dev.lockstep.tftp.server.rules.RuleSummary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration files in the documentation, as they are printed there. */
class DocumentedRulesTest {
    private static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();
    private static final Pattern FILE = Pattern.compile("(?ms)^```toml\n(.*?)^```$");
    private static final Pattern CHECKED =
            Pattern.compile("(?ms)^\\$ (?:server/bin/)?tftpd check /srv/tftpd\\.toml\n(.*?)^(?:```|\\$ )");

    private static final Pattern EXPLAINED =
            Pattern.compile("(?ms)^\\$ tftpd explain ((?:--root \\S+ )+)(\\S+) read (\\S+)\n(.*?)^```$");

    @TempDir
    private Path folder;

    /** Returns the first group of each match in the documentation. */
    static List<String> found(Pattern pattern) throws IOException {
        try (Stream<Path> pages = Files.walk(REPOSITORY.resolve("docs"), 1)) {
            String all = Stream.concat(Stream.of(REPOSITORY.resolve("README.md")), pages)
                    .filter(page -> page.toString().endsWith(".md"))
                    .map(DocumentedRulesTest::read)
                    .collect(Collectors.joining("\n"));
            return pattern.matcher(all)
                    .results()
                    .map((MatchResult block) -> block.group(1))
                    .toList();
        }
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void each_example_passes_the_check_without_warnings_and_one_has_the_output_shown() throws Exception {
        Path root = Files.createDirectories(folder.toRealPath().resolve("srv/tftp"));
        Files.createDirectory(root.resolve("by-mac"));
        Files.createDirectory(root.resolve("by-ip"));
        zip(root.resolve("phones.zip"), "v7/conf");
        List<String> files = found(FILE);
        assertThat(files).isNotEmpty();
        StringBuilder printed = new StringBuilder();
        for (String text : files) {
            Path file = Files.writeString(folder.resolve("tftpd.toml"), text.replace("/srv/tftp", root.toString()));
            RulePolicy policy = Invocation.parsed(Configuration.of(Configuration.FLAG, file.toString()))
                    .lookAtRules();
            assertThat(policy.warnings()).as(text).isEmpty();
            RuleSummary.of(policy)
                    .forEach(line -> printed.append(line.replace(root.toString(), "/srv/tftp"))
                            .append('\n'));
        }
        assertThat(found(CHECKED))
                .isNotEmpty()
                .allSatisfy(output -> assertThat(printed.toString()).contains(output));
    }

    private static void zip(Path file, String entry) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new ZipEntry(entry));
        }
    }

    @Test
    void the_explanation_of_several_roots_is_as_shown() throws Exception {
        Path srv = Files.createDirectories(folder.toRealPath().resolve("srv"));
        Files.createDirectory(srv.resolve("local"));
        zip(srv.resolve("boot.zip"), "tftp/initrd");
        Files.writeString(Files.createDirectory(srv.resolve("tftp")).resolve("kernel"), "kernel");
        MatchResult shown = EXPLAINED
                .matcher(read(REPOSITORY.resolve("docs/roots.md")))
                .results()
                .findFirst()
                .orElseThrow();
        String[] flags = shown.group(1).replace("/srv/", srv + "/").strip().split(" ");
        RulePolicy policy = Invocation.parsed(Configuration.of(flags)).lookAtRules();
        ReadRequest request = new ReadRequest(shown.group(3), TransferMode.OCTET, Options.NONE);
        Explanation explanation = new Explanation(policy, request, Explanation.client(shown.group(2)), 1500);
        assertThat(String.join("\n", explanation.lines()).replace(srv.toString(), "/srv"))
                .isEqualTo(shown.group(4).strip());
    }
}

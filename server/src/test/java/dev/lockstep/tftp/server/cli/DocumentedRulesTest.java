package dev.lockstep.tftp.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration files in the documentation, as they are printed there. */
class DocumentedRulesTest {
    private static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();
    private static final Pattern FILE = Pattern.compile("(?ms)^```toml\n(.*?)^```$");
    private static final Pattern CHECKED =
            Pattern.compile("(?ms)^\\$ (?:server/bin/)?tftpd check /srv/tftpd\\.toml\n(.*?)^(?:```|\\$ )");

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
}

package dev.lockstep.tftp.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.figures.FiguresCommand;
import dev.lockstep.tftp.harness.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks that each command, output and figure of the documentation is run, generated, or marked as an illustration. */
class FenceTest {
    private static final Pattern FIGURE = Pattern.compile("\\d[\\d,.]* ?(?:MB/s|kB/s|files/s|ns\\b|ms\\b|×)");
    private static final Pattern BLOCK = Pattern.compile("(?s)<!-- figures .*?<!-- end -->");

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> top = Files.list(Repository.ROOT);
                Stream<Path> docs = Files.list(Repository.ROOT.resolve("docs"))) {
            return Stream.concat(top, docs).filter(page -> page.toString().endsWith(".md")).toList().stream();
        }
    }

    /** Returns the names of the test classes of all modules, with their text. */
    private static Map<String, String> tests() throws IOException {
        try (Stream<Path> files = Files.walk(Repository.ROOT, 12)) {
            return files.filter(file -> file.toString().matches(".*/src/test/java/.*(?:IT|Test)\\.java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            FenceTest::read,
                            (one, other) -> one + other));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void each_block_is_run_by_a_test_or_marked_as_an_illustration(Path page) throws IOException {
        Map<String, String> tests = tests();
        Set<String> run = Set.of(DocumentedPagesIT.PAGES);
        String name = Repository.ROOT.relativize(page).toString();
        List<Fence> fences = Fence.of(page);
        assertThat(fences)
                .allSatisfy(fence -> assertThat(fence.isRun() && run.contains(name)
                                || fence.file() != null && run.contains(name)
                                || fence.runBy() != null && tests.containsKey(fence.runBy())
                                || fence.isIllustration())
                        .as(
                                "%s: mark before the block: %s (expected: run, in a page of DocumentedPagesIT, file NAME, run by"
                                        + " TEST, or illustration: REASON)",
                                fence.place(), fence.mark())
                        .isTrue());
    }

    @Test
    void a_test_that_an_illustration_names_exists() throws IOException {
        Pattern test = Pattern.compile("\\b[A-Z]\\w*(?:IT|Test)\\b");
        Set<String> tests = tests().keySet();
        for (Path page : pages().toList()) {
            for (Fence fence : Fence.of(page)) {
                assertThat(test.matcher(fence.mark()).results().map(match -> match.group()))
                        .as(fence.place())
                        .isSubsetOf(tests);
            }
        }
    }

    /** The results are in {@code docs/performance.txt} and {@code docs/resilience.txt}. */
    @Test
    void the_figures_are_those_of_the_results() throws IOException {
        FiguresCommand.generate(Repository.ROOT).forEach((file, generated) -> {
            if (Boolean.getBoolean("docs.update")) {
                write(file, generated);
            }
            assertThat(read(file))
                    .as(file + " (expected: as generated from the results; -Ddocs.update=true replaces it)")
                    .isEqualTo(generated);
        });
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("figures")
    void no_figure_is_written_by_hand(Path page) {
        String text = BLOCK.matcher(read(page)).replaceAll("");
        assertThat(FIGURE.matcher(text).results().map(figure -> figure.group())).isSubsetOf("100 ms", "50 ms", "1 ms");
    }

    static Stream<Path> figures() {
        return Stream.of("performance.md", "resilience.md").map(Repository.ROOT.resolve("docs")::resolve);
    }
}

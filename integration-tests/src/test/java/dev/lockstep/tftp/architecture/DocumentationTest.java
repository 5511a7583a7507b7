package dev.lockstep.tftp.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.negotiation.KnownOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that what the documentation refers to exists: types of the code, and pages of its own. */
class DocumentationTest {
    private static final Path ROOT = Repository.ROOT;
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    /** A name in code style that has the form of a type, such as {@code TftpCodec} or {@code Storage.read}. */
    private static final Pattern TYPE = Pattern.compile("`@?([A-Z][a-z]+(?:[A-Z][a-z]+)*)(?:\\.[a-z]\\w*)?`");

    /** Names of other projects that have the form of a type. */
    private static final Set<String> OTHERS = Set.of("Bootstrap");

    private static final Set<String> TYPES = new ClassFileImporter()
            .importPackages("dev.lockstep.tftp").stream()
                    .map(JavaClass::getSimpleName)
                    .collect(Collectors.toSet());

    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```$");
    private static final int LARGEST_README = 8 * 1024;
    private static final int LARGEST_PAGE = 25 * 1024;

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs).filter(page -> page.toString().endsWith(".md")).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void each_link_leads_to_a_file_and_its_heading(Path page) throws IOException {
        assertThat(found(LINK, page).filter(link -> !link.matches("https?:.*"))).allSatisfy(link -> {
            String[] parts = link.split("#", 2);
            Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]);
            assertThat(target).exists();
            if (parts.length == 2) {
                assertThat(anchors(target)).contains(parts[1]);
            }
        });
    }

    /** Returns the anchors that GitHub and GitLab make of the headings of a page. */
    private static List<String> anchors(Path page) throws IOException {
        return HEADING.matcher(CODE.matcher(Files.readString(page)).replaceAll(""))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w -]", "")
                        .replace(' ', '-'))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void no_page_is_long(Path page) throws IOException {
        assertThat(Files.size(page)).isLessThanOrEqualTo(page.endsWith("README.md") ? LARGEST_README : LARGEST_PAGE);
    }

    @Test
    void the_readme_links_to_each_page() throws IOException {
        Path readme = ROOT.resolve("README.md");
        Set<Path> linked = found(LINK, readme).map(readme::resolveSibling).collect(Collectors.toSet());
        assertThat(pages().filter(page -> !page.equals(readme))).isSubsetOf(linked);
    }

    @ParameterizedTest
    @MethodSource("explanations")
    void each_type_that_is_named_exists(Path page) throws IOException {
        assertThat(found(TYPE, page).filter(name -> !OTHERS.contains(name)))
                .isNotEmpty()
                .isSubsetOf(TYPES);
    }

    /** The build writes the pages with their tables generated into the modules of the commands. */
    @ParameterizedTest
    @ValueSource(strings = "server")
    void each_table_of_flags_or_keys_is_the_generated_one(String module) throws IOException {
        try (Stream<Path> pages = Files.list(ROOT.resolve(module).resolve("target/docs"))) {
            assertThat(pages).isNotEmpty().allSatisfy(generated -> {
                Path page = ROOT.resolve("docs").resolve(generated.getFileName());
                if (Boolean.getBoolean("docs.update")) {
                    Files.copy(generated, page, StandardCopyOption.REPLACE_EXISTING);
                }
                assertThat(Files.readString(page))
                        .as(page + " (expected: as in " + generated + "; -Ddocs.update=true replaces it)")
                        .isEqualTo(Files.readString(generated))
                        .contains("<!-- generated from ", "\n| `");
            });
        }
    }

    static Stream<Path> explanations() {
        return Stream.of("architecture.md", "glossary.md", "start-up.md").map(ROOT.resolve("docs")::resolve);
    }

    private static Stream<String> found(Pattern pattern, Path page) throws IOException {
        return pattern.matcher(Files.readString(page)).results().map((MatchResult match) -> match.group(1));
    }

    @Test
    void each_known_option_is_in_the_table_of_granted_options() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/protocol.md"));
        String table = page.substring(page.indexOf("## What is granted"), page.indexOf("## What is not in the RFCs"));
        assertThat(table.lines().filter(row -> row.startsWith("| ")).map(row -> row.split("[| ]+")[1]))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Stream.of("Option"),
                                Stream.of(KnownOption.values()).map(KnownOption::key))
                        .toList());
    }
}

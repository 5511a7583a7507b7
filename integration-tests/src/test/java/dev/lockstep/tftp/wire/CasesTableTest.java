package dev.lockstep.tftp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.conform.Check;
import dev.lockstep.tftp.client.conform.ClientRun;
import dev.lockstep.tftp.client.conform.ProtocolCase;
import dev.lockstep.tftp.client.conform.ServerRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Generates the tests in CASES.md from the tags of the tests of all modules, and checks that the committed file is the
 * same. The numbers of the cases and their texts are those of {@link ProtocolCase}. The generated file is {@code target/CASES.md};
 * with {@code -Dcases.update=true} it replaces the committed one. The table at the end of {@code docs/protocol.md} is
 * generated from CASES.md in the same way.
 */
class CasesTableTest {
    private static final Path MODULE = Path.of(System.getProperty("user.dir"));
    private static final Path COMMITTED = MODULE.resolve("CASES.md");
    private static final Path PAGE = MODULE.resolveSibling("docs/protocol.md");
    private static final String GENERATED = "<!-- generated: -Dcases.update=true -->\n";
    private static final String HEADING =
            "\n| # | Severity, clause | Required behaviour | Checked | Tests |\n|---|---|---|---|---|\n";
    private static final String UNNUMBERED = "## Cases without a number\n\n";
    private static final Pattern ROW = Pattern.compile("^\\| ([FP]?\\d+) \\| [^|]* \\|.*$", Pattern.MULTILINE);
    private static final Pattern TEST_CLASS = Pattern.compile("`(\\w+)#");
    private static final Pattern TAG_OR_TEST = Pattern.compile(
            "@Tag\\(\"case-(\\w+)\"\\)|@(Test|ParameterizedTest|TestFactory)\\b|\\b(?:void|Stream<DynamicTest>) (\\w+)\\(");

    /** A test and the numbers of its cases. */
    private record TaggedTest(Path file, String method, List<String> cases) {
        @Override
        public String toString() {
            return "`" + file.getFileName().toString().replace(".java", "") + "#" + method + "`";
        }
    }

    @Test
    void the_list_names_the_tests_that_have_the_tag_of_a_case() throws IOException {
        String committed = Files.readString(COMMITTED);
        String generated = generate(committed, tests());
        Files.writeString(MODULE.resolve("target/CASES.md"), generated);
        if (Boolean.getBoolean("cases.update")) {
            Files.writeString(COMMITTED, generated);
        }
        assertThat(Files.readString(COMMITTED))
                .as("CASES.md (expected: as in target/CASES.md; -Dcases.update=true replaces it)")
                .isEqualTo(generated);
    }

    @Test
    void the_page_about_the_protocol_names_the_test_classes_of_each_case() throws IOException {
        String page = Files.readString(PAGE);
        String generated = page.substring(0, page.indexOf(GENERATED)) + GENERATED + classesByCase();
        if (Boolean.getBoolean("cases.update")) {
            Files.writeString(PAGE, generated);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/protocol.md (expected: the cases of CASES.md; -Dcases.update=true updates it)")
                .isEqualTo(generated);
    }

    private static String classesByCase() throws IOException {
        return ROW.matcher(Files.readString(COMMITTED))
                .results()
                .map(row -> described(ProtocolCase.all().get(row.group(1))) + classes(row.group()) + " |\n")
                .collect(Collectors.joining("", HEADING, ""));
    }

    /** Returns the cells of a case before its tests. */
    private static String described(ProtocolCase row) {
        String checked = Stream.of(peer("server", ServerRun.checks(), row), peer("client", ClientRun.checks(), row))
                .filter(peer -> !peer.isEmpty())
                .collect(Collectors.joining(", "));
        return String.format("| %s | %s, %s | %s | %s | ", row.id(), row.severity(), row.clause(), row.text(), checked);
    }

    /** Returns the name of a kind of peer if it has a check of the case, otherwise an empty text. */
    private static String peer(String kind, List<? extends Check<?>> checks, ProtocolCase row) {
        return checks.stream().anyMatch(check -> check.protocolCase() == row) ? kind : "";
    }

    @Test
    void every_case_has_a_check_or_the_reason_why_it_has_none() {
        assertThat(ProtocolCase.all().values()).allSatisfy(row -> {
            assertThat(row.noServerCheck().isEmpty())
                    .as(row + ": a check of servers, or a reason")
                    .isEqualTo(!peer("server", ServerRun.checks(), row).isEmpty());
            assertThat(row.noClientCheck().isEmpty())
                    .as(row + ": a check of clients, or a reason")
                    .isEqualTo(!peer("client", ClientRun.checks(), row).isEmpty());
        });
    }

    private static String classes(String row) {
        return TEST_CLASS
                .matcher(row)
                .results()
                .map((MatchResult test) -> test.group(1))
                .distinct()
                .collect(Collectors.joining(", "));
    }

    @Test
    void every_case_has_a_test_and_every_tag_has_a_row() throws IOException {
        Set<String> rows = new HashSet<>();
        Matcher row = ROW.matcher(Files.readString(COMMITTED));
        while (row.find()) {
            rows.add(row.group(1));
        }
        assertThat(rows).isEqualTo(ProtocolCase.all().keySet());
        Set<String> tags = tests().stream().flatMap(test -> test.cases.stream()).collect(Collectors.toSet());
        assertThat(tags).isEqualTo(rows);
        assertThat(rows)
                .containsAll(IntStream.rangeClosed(1, 68).mapToObj(n -> "" + n).toList())
                .containsAll(IntStream.rangeClosed(1, 10).mapToObj(n -> "F" + n).toList());
    }

    private static String generate(String committed, List<TaggedTest> tests) {
        Map<String, List<String>> byCase = new TreeMap<>();
        for (TaggedTest test : tests) {
            test.cases.forEach(number ->
                    byCase.computeIfAbsent(number, any -> new ArrayList<>()).add(test.toString()));
        }
        Function<String, String> cell = number -> String.join("<br>", byCase.getOrDefault(number, List.of()));
        String tables = ROW.matcher(committed.substring(0, committed.indexOf(UNNUMBERED)))
                .replaceAll(row -> Matcher.quoteReplacement("| " + row.group(1) + " | "
                        + ProtocolCase.all().get(row.group(1)).text() + " | " + cell.apply(row.group(1)) + " |"));
        return tests.stream()
                .filter(test -> test.cases.isEmpty() && test.file.getParent().endsWith("wire"))
                .filter(test -> test.file.toString().endsWith("IT.java"))
                .map(test -> "- " + test + "\n")
                .collect(Collectors.joining("", tables + UNNUMBERED, ""));
    }

    /** Returns the tests of all modules by class, in the order of the source. */
    private static List<TaggedTest> tests() throws IOException {
        List<TaggedTest> all = new ArrayList<>();
        for (String module : List.of("client", "codec", "integration-tests", "server")) {
            try (Stream<Path> files = Files.walk(MODULE.resolveSibling(module).resolve("src/test/java"))) {
                for (Path file : files.filter(each -> each.toString().endsWith(".java"))
                        .sorted()
                        .toList()) {
                    addTests(file, all);
                }
            }
        }
        return all;
    }

    private static void addTests(Path file, List<TaggedTest> all) throws IOException {
        List<String> cases = new ArrayList<>();
        boolean isTest = false;
        Matcher found = TAG_OR_TEST.matcher(Files.readString(file));
        while (found.find()) {
            if (found.group(1) != null) {
                cases.add(found.group(1));
            } else if (found.group(2) != null) {
                isTest = true;
            } else {
                if (isTest) {
                    all.add(new TaggedTest(file, found.group(3), List.copyOf(cases)));
                }
                cases.clear();
                isTest = false;
            }
        }
    }
}

package dev.lockstep.tftp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that CASES.md names a test for each case, and that each named test exists. */
class CasesTableTest {
    private static final Path MODULE = Path.of(System.getProperty("user.dir"));
    private static final Pattern ROW = Pattern.compile("^\\| (F?\\d+) \\|.*$", Pattern.MULTILINE);
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");
    private static final Pattern METHOD = Pattern.compile("\\bvoid (\\w+)\\(");

    @Test
    void every_case_has_a_row_that_names_a_test() throws IOException {
        Set<String> rows = new HashSet<>();
        Matcher row = ROW.matcher(table());
        while (row.find()) {
            if (NAMED.matcher(row.group()).find()) {
                rows.add(row.group(1));
            }
        }
        for (int number = 1; number <= 68; number++) {
            assertThat(rows).contains(Integer.toString(number));
        }
        for (int number = 1; number <= 10; number++) {
            assertThat(rows).contains("F" + number);
        }
    }

    @Test
    void every_test_that_is_named_exists() throws IOException {
        Map<String, Set<String>> tests = tests();
        Set<String> missing = new TreeSet<>();
        Matcher named = NAMED.matcher(table());
        while (named.find()) {
            if (!tests.getOrDefault(named.group(1), Set.of()).contains(named.group(2))) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
    }

    private static String table() throws IOException {
        return Files.readString(MODULE.resolve("CASES.md"));
    }

    /** Returns the test methods of all modules by the simple name of their class. */
    private static Map<String, Set<String>> tests() throws IOException {
        Map<String, Set<String>> tests = new HashMap<>();
        for (String module : new String[] {"codec", "server", "client", "integration-tests"}) {
            try (Stream<Path> files = Files.walk(MODULE.resolveSibling(module).resolve("src/test/java"))) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    Matcher method = METHOD.matcher(Files.readString(file));
                    String name = file.getFileName().toString().replace(".java", "");
                    while (method.find()) {
                        tests.computeIfAbsent(name, any -> new HashSet<>()).add(method.group(1));
                    }
                }
            }
        }
        return tests;
    }
}

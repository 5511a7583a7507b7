package dev.lockstep.tftp.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

class ToolTest {
    @Test
    void a_test_without_its_programs_is_skipped_with_their_names_and_fails_with_ci() {
        Throwable thrown = catchThrowable(() -> Tool.needed("no-such-program", "sh", "nor-such-a-one"));
        assertThat(thrown)
                .isInstanceOf("true".equals(System.getenv("CI")) ? AssertionError.class : TestAbortedException.class)
                .hasMessageStartingWith("missing: no-such-program, nor-such-a-one");
    }

    @Test
    void a_program_is_found_on_the_path_or_at_a_given_place() {
        assertThat(Tool.named("sh")).endsWith("/sh");
        assertThat(Tool.named("shell", Path.of("/no/such/shell"), Path.of("/bin/sh")))
                .isEqualTo("/bin/sh");
        Tool.needed("sh");
    }

    @Test
    void the_summary_counts_skipped_tests_and_names_what_is_missing(@TempDir Path folder) throws Exception {
        Path some = report(folder, "some", """
                <testsuite tests="4" skipped="3"><properties/>
                  <testcase name="a"><skipped type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException: missing: nft, ip
                	at org.junit.jupiter.api.Assumptions.abort(Assumptions.java:316)]]></skipped></testcase>
                  <testcase name="b"><skipped type="x"><![CDATA[x: Assumption failed: missing: ip]]></skipped></testcase>
                  <testcase name="c"><skipped message="not on this system"/></testcase>
                  <testcase name="d"/>
                </testsuite>
                """);
        Path none = report(folder, "none", "<testsuite tests=\"1\"><testcase name=\"a\"/></testsuite>");
        assertThat(SkippedTests.summary(List.of(some, none))).isEqualTo("""

                3 of 5 tests skipped, missing on this machine:
                     2  ip
                     1  nft
                     1  not on this system

                """);
        assertThat(SkippedTests.summary(List.of(none))).isEqualTo("\n0 of 1 tests skipped\n\n");
        assertThat(SkippedTests.summary(List.of())).isEmpty();
    }

    private static Path report(Path folder, String name, String suite) throws Exception {
        return Files.writeString(folder.resolve("TEST-" + name + ".xml"), suite);
    }
}

package dev.lockstep.tftp.harness;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Programs and rights that a test needs. Where one is missing the test is skipped, or fails if the environment has
 * {@code CI=true}. Must be called from a test or a {@code @BeforeEach}: tests skipped by a {@code @BeforeAll} are not
 * counted in the reports.
 */
public final class Tool {
    /** Stands for the rights of the superuser in a list of programs. */
    public static final String ROOT = "root";

    /** The start of the reason in the report of a skipped test. The names follow, separated by commas. */
    static final String MISSING = "missing: ";

    private static final boolean ALL_REQUIRED = "true".equals(System.getenv("CI"));

    private Tool() {}

    /** Returns the path of a program that is at one of these places or on the PATH. */
    public static String named(String program, Path... places) {
        Optional<Path> found = Stream.concat(Stream.of(places), onPath(program))
                .filter(Files::isExecutable)
                .findFirst();
        require(found.isPresent(), program);
        return found.orElseThrow().toString();
    }

    /** Requires each of these programs on the PATH; {@link #ROOT} may be among them. */
    public static void needed(String... names) {
        List<String> missing =
                Stream.of(names).filter(name -> !isAvailable(name)).toList();
        require(missing.isEmpty(), String.join(", ", missing));
    }

    /** Requires a condition that the caller has tested. */
    public static void require(boolean available, String name) {
        if (!available && ALL_REQUIRED) {
            fail(MISSING + name + " (expected: available, as CI=true)");
        } else if (!available) {
            abort(MISSING + name);
        }
    }

    private static boolean isAvailable(String name) {
        return name.equals(ROOT)
                ? ROOT.equals(System.getProperty("user.name"))
                : onPath(name).anyMatch(Files::isExecutable);
    }

    private static Stream<Path> onPath(String program) {
        return Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, program));
    }
}

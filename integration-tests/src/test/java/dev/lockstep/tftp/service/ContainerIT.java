package dev.lockstep.tftp.service;

import static dev.lockstep.tftp.harness.Bytes.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import dev.lockstep.tftp.harness.Installation;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Containerfile of the daemon: it is linted, and each of its commands is run outside a container. */
@Timeout(1200)
class ContainerIT {
    /** A read-only file system, except for a memory file system under /tmp. */
    static final String READ_ONLY_ROOT = "mount --make-rprivate / && mount -o remount,bind,ro / &&"
            + " mount -t tmpfs -o mode=1777,size=16m tmpfs /tmp || exit 1;";

    private static final Path FILE = Repository.ROOT.resolve("server/deploy/container/Containerfile");
    private static final byte[] CONTENT = pattern(3_000);

    @TempDir
    private Path folder;

    private static List<String> instructions(String name) throws IOException {
        List<String> found = Files.readAllLines(FILE).stream()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1))
                .toList();
        assertThat(found).as(name).isNotEmpty();
        return found;
    }

    private static List<String> words(String name) throws IOException {
        return new Gson()
                .fromJson(instructions(name).get(0), JsonArray.class).asList().stream()
                        .map(JsonElement::getAsString)
                        .toList();
    }

    @Test
    void the_linter_reports_nothing() {
        String linters = System.getenv("LINTERS"); // installed by .ci/run
        Path[] places = linters == null ? new Path[0] : new Path[] {Path.of(linters, "dockerfile-utils")};
        Run.Result result = Run.run(Tool.named("dockerfile-utils", places), "lint", FILE.toString());
        assertThat(result.exit()).as(result.toString()).isZero();
    }

    @Test
    void the_started_daemon_serves_as_its_user() throws IOException {
        Unprivileged.requirePossible();
        try (Installation installed = new Installation()) {
            Files.write(installed.root().resolve("file"), CONTENT);
            String user = instructions("USER").get(0);
            List<String> command = new ArrayList<>(Unprivileged.user(Integer.parseInt(user.split(":")[0])));
            Stream.concat(words("ENTRYPOINT").stream(), words("CMD").stream())
                    .map(word -> word.replace(
                                    "/opt/lockstep", installed.folder().toString())
                            .replace("/srv/tftp", installed.root().toString()))
                    .forEach(command::add);
            Map<String, String> environment = Map.of("JAVA_OPTS", Repository.JAVA_OPTIONS);
            try (Run daemon = Unprivileged.start(environment, "", command)) {
                Unprivileged.awaitListening(daemon);
                for (String port : instructions("EXPOSE").get(0).split(" ")) {
                    assertThat(daemon.awaitOutput(
                                    text -> text.contains("port " + port.replaceAll("/.*", "")),
                                    Duration.ofSeconds(15)))
                            .as(daemon.printed())
                            .isTrue();
                }
                Unprivileged.expectServed(daemon, "tftp://127.0.0.1:6969/file", CONTENT);
                assertThat(Unprivileged.client(daemon, "hello").exit()).isZero();
                Unprivileged.expectCleanEnd(daemon);
            }
        }
    }

    @Test
    void the_build_command_creates_the_copied_files() throws IOException {
        Tool.needed("mvn");
        copySources();
        for (String line : instructions("RUN")) {
            try (Run run = Run.start(folder, Map.of(), List.of("sh", "-c", line))) {
                Run.Result result = run.await(Duration.ofMinutes(15));
                assertThat(result.exit()).as(result.toString()).isZero();
            }
        }
        assertThat(instructions("COPY").stream()
                        .filter(line -> line.startsWith("--from=build"))
                        .map(line -> line.split(" ")[1].replaceFirst("^/src/", "")))
                .hasSize(2)
                .allSatisfy(copied -> assertThat(folder.resolve(copied)).isNotEmptyFile());
    }

    /** Copies the repository like {@code COPY . .}, without build output. */
    private void copySources() throws IOException {
        try (Stream<Path> all = Files.walk(Repository.ROOT)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Path relative = Repository.ROOT.relativize(path);
                boolean skipped = Stream.of("target", ".git")
                        .anyMatch(name ->
                                Stream.of(relative.toString().split("/")).anyMatch(name::equals));
                if (!skipped && !relative.toString().isEmpty()) {
                    Files.copy(path, folder.resolve(relative));
                }
            }
        }
    }
}

package dev.lockstep.tftp.client;

import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.FakeServer;
import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import dev.lockstep.tftp.harness.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The class-data sharing archive of the launcher. A missing, broken or outdated one changes nothing but the speed. */
@Timeout(180)
class LauncherIT {
    private static final byte[] CONTENT = pattern(300);

    @TempDir
    private Path folder;

    private final FakeServer server = new FakeServer();
    private final List<Run> runs = new ArrayList<>();
    private Path target;

    /** A separate installation without an archive. */
    @BeforeEach
    void install() throws IOException {
        Tool.needed("flock");
        target = Files.createDirectories(folder.resolve("client/target"));
        Files.createDirectories(folder.resolve("client/bin"));
        for (String file : List.of("bin/tftp", "bin/archive-classes", "target/tftp.jar")) {
            Path built = Repository.ROOT.resolve("client").resolve(file);
            Files.copy(built, folder.resolve("client").resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    @AfterEach
    void close() {
        runs.forEach(Run::close);
        if (target != null) { // a build of the archive in the background holds this lock
            Run.run("flock", target.resolve(".tftp-archive.lock").toString(), "true");
        }
        server.close();
    }

    private Run start(String name, Map<String, String> environment) {
        List<String> command =
                List.of(folder.resolve("client/bin/tftp").toString(), "get", server.url("file"), "-o", name);
        Run run = Run.start(folder, environment, command);
        runs.add(run);
        return run;
    }

    private void serve() {
        server.answerer(server.awaitRequest()).send(data(1, CONTENT));
    }

    private void expectSuccess(Run run, String name) {
        Run.Result result = run.await();
        assertThat(result.exit()).as(result.toString()).isZero();
        assertThat(result.stderr()).isEmpty();
        assertThat(result.output().lines()).hasSize(1);
        assertThat(folder.resolve(name)).hasBinaryContent(CONTENT);
    }

    private void getsOneFile(Map<String, String> environment) {
        Run run = start("out", environment);
        serve();
        expectSuccess(run, "out");
    }

    /** Starts the build of the archive as the first run does in the background, and waits for it. */
    private Path archive() throws IOException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        Run.Result made = Run.run(folder.resolve("client/bin/archive-classes").toString(), java);
        assertThat(made.exit()).as(made.toString()).isZero();
        assertThat(made.output() + made.stderr()).isEmpty();
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.toString().endsWith(".jsa"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Map<String, String> sameJava() {
        return Map.of("JAVA_HOME", System.getProperty("java.home"));
    }

    @Test
    void an_archive_is_used_silently() throws IOException {
        archive();
        getsOneFile(sameJava());
    }

    @Test
    void two_first_runs_at_once_do_not_disturb_each_other() {
        Run one = start("one", sameJava());
        Run two = start("two", sameJava());
        serve();
        serve();
        expectSuccess(one, "one");
        expectSuccess(two, "two");
    }

    @Test
    void a_truncated_or_invalid_archive_is_ignored() throws IOException {
        Path archive = archive();
        byte[] whole = Files.readAllBytes(archive);
        Files.delete(archive);
        Files.write(archive, java.util.Arrays.copyOf(whole, whole.length / 2));
        getsOneFile(sameJava());
        Files.writeString(archive, "no archive");
        getsOneFile(sameJava());
        Files.write(archive, new byte[0]);
        getsOneFile(sameJava());
    }

    @Test
    void an_archive_of_an_older_build_is_ignored() throws IOException {
        Path archive = archive();
        Files.setLastModifiedTime(
                target.resolve("tftp.jar"), FileTime.from(Instant.now().minusSeconds(1000)));
        Files.setLastModifiedTime(archive, FileTime.from(Instant.now())); // newer than the jar, but not built from it
        getsOneFile(sameJava());
        Files.setLastModifiedTime(archive, FileTime.from(Instant.now().minusSeconds(2000)));
        getsOneFile(sameJava());
    }

    private void withoutArchive() throws IOException {
        Files.delete(folder.resolve("client/bin/archive-classes"));
    }

    @Test
    void a_read_only_installation_has_no_archive() throws IOException {
        withoutArchive(); // root may write anywhere
        getsOneFile(sameJava());
    }

    @Test
    void a_folder_of_the_same_name_on_the_cdpath_is_ignored() throws IOException {
        withoutArchive();
        Files.createDirectories(folder.resolve("elsewhere/client/bin"));
        String get = "exec client/bin/tftp get " + server.url("file") + " -o out";
        Map<String, String> environment =
                Map.of("CDPATH", folder.resolve("elsewhere").toString());
        Run run = Run.start(folder, environment, List.of("sh", "-c", get));
        runs.add(run);
        serve();
        expectSuccess(run, "out");
    }

    @Test
    void options_for_java_are_split_into_words() throws IOException {
        withoutArchive();
        getsOneFile(Map.of("JAVA_OPTS", "-Xmx64m  -Dsome.property=value"));
    }
}

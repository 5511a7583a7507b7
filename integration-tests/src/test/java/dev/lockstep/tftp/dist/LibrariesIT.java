package dev.lockstep.tftp.dist;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Builds everything a second time, in another folder, and publishes it into a repository of files. The bytes are the
 * same, a new project can use the libraries, and an incompatible change of the API fails the build.
 */
@Timeout(5400)
@Tag("dist-full")
class LibrariesIT {
    private static final Duration LIMIT = Duration.ofMinutes(40);
    private static final Pattern EXAMPLE = Pattern.compile("```java\\n(import .*?class (\\w+) .*?)```", Pattern.DOTALL);
    private static final List<String> LIBRARIES = List.of("codec", "http", "server", "client", "junit");

    @TempDir
    private Path folder;

    private Run.Result maven(Path project, String... arguments) {
        List<String> command = new ArrayList<>(List.of(Tool.named("mvn"), "-B", "-ntp", "-q"));
        command.addAll(List.of(arguments));
        try (Run run = Run.start(project, Map.of(), command)) {
            return run.await(LIMIT);
        }
    }

    @Test
    void a_second_build_has_the_same_bytes_and_its_libraries_can_be_used() throws IOException {
        Packages.deb("tftpd"); // of the first build
        Path copy = copySources();
        Path published = folder.resolve("repository");
        maven(
                        copy,
                        "-Pdist",
                        "deploy",
                        "-DskipTests",
                        "-Dspotless.check.skip",
                        "-Dcheckstyle.skip",
                        "-DaltDeploymentRepository=test::file:" + published)
                .assertExit(0);

        List<Path> artifacts = artifacts(Repository.ROOT);
        assertThat(artifacts).hasSizeGreaterThan(10);
        assertThat(artifacts)
                .allSatisfy(
                        file -> assertThat(copy.resolve(file)).hasSameBinaryContentAs(Repository.ROOT.resolve(file)));
        for (String library : LIBRARIES) {
            String name = "tftp-" + library + "-" + Packages.VERSION;
            Path place = published.resolve("dev/lockstep/tftp-" + library + "/" + Packages.VERSION);
            assertThat(Stream.of(".pom", ".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json"))
                    .allSatisfy(
                            suffix -> assertThat(place.resolve(name + suffix)).isNotEmptyFile());
            assertThat(place.resolve(name + ".pom"))
                    .content()
                    .doesNotContain("<parent>", "SNAPSHOT", "${")
                    .contains("<url>https://lockstep.dev</url>", "<url>https://lockstep.dev/lockstep</url>");
        }

        useTheLibraries(published);
        changeTheApi(copy, published);
    }

    /** Returns what a build makes, relative to the repository. */
    private static List<Path> artifacts(Path repository) throws IOException {
        List<Path> found = new ArrayList<>();
        for (String place : List.of(
                "codec/target",
                "codec/http/target",
                "server/target",
                "client/target",
                "server/junit/target",
                "server/target/dist")) {
            try (Stream<Path> files = Files.list(repository.resolve(place))) {
                files.filter(file -> file.toString().matches(".*\\.(jar|deb|rpm|tar|tar\\.gz)"))
                        .map(repository::relativize)
                        .sorted()
                        .forEach(found::add);
            }
        }
        return found;
    }

    /** Compiles the examples of the documentation in a project that knows nothing but the published libraries. */
    private void useTheLibraries(Path published) throws IOException {
        Path project = Files.createDirectory(folder.resolve("project"));
        Path sources = Files.createDirectories(project.resolve("src/main/java"));
        Matcher example = EXAMPLE.matcher(Files.readString(Repository.ROOT.resolve("docs/embedding.md")));
        int examples = 0;
        while (example.find()) {
            Files.writeString(sources.resolve(example.group(2) + ".java"), example.group(1));
            examples++;
        }
        assertThat(examples).isGreaterThanOrEqualTo(3);
        Files.writeString(project.resolve("pom.xml"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>example</groupId>
                  <artifactId>example</artifactId>
                  <version>1</version>
                  <properties>
                    <maven.compiler.release>17</maven.compiler.release>
                    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                  </properties>
                  <dependencies>
                    <dependency><groupId>dev.lockstep</groupId><artifactId>tftp-server</artifactId><version>VERSION</version></dependency>
                    <dependency><groupId>dev.lockstep</groupId><artifactId>tftp-client</artifactId><version>VERSION</version></dependency>
                    <dependency><groupId>dev.lockstep</groupId><artifactId>tftp-junit</artifactId><version>VERSION</version></dependency>
                    <dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter-api</artifactId><version>JUNIT</version></dependency>
                    <dependency><groupId>org.assertj</groupId><artifactId>assertj-core</artifactId><version>ASSERTJ</version></dependency>
                    <dependency><groupId>io.micrometer</groupId><artifactId>micrometer-core</artifactId><version>MICROMETER</version></dependency>
                  </dependencies>
                  <build><plugins>
                    <plugin><artifactId>maven-resources-plugin</artifactId><version>3.5.0</version></plugin>
                    <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.15.0</version></plugin>
                  </plugins></build>
                </project>
                """.replace("VERSION", Packages.VERSION)
                .replace("JUNIT", versionOf("junit"))
                .replace("ASSERTJ", versionOf("assertj"))
                .replace("MICROMETER", versionOf("micrometer")));
        maven(project, "compile", "-s", settings(published), local()).assertExit(0);
        assertThat(project.resolve("target/classes/EmbeddedServerExample.class"))
                .exists();
    }

    /** Returns the version of a library that the build uses. */
    private static String versionOf(String library) throws IOException {
        Matcher property = Pattern.compile("<" + library + "\\.version>(.*?)</")
                .matcher(Files.readString(Repository.ROOT.resolve("pom.xml")));
        assertThat(property.find()).isTrue();
        return property.group(1);
    }

    /** The next version, without a method that the published one has. */
    private void changeTheApi(Path copy, Path published) throws IOException {
        for (String pom : List.of("pom.xml", "codec/pom.xml")) {
            Path file = copy.resolve(pom);
            Files.writeString(
                    file, Files.readString(file).replace("<version>" + Packages.VERSION + "<", "<version>99.0.0<"));
        }
        Path source = copy.resolve("codec/src/main/java/dev/lockstep/tftp/negotiation/Quirks.java");
        String code = Files.readString(source);
        List<String> build = List.of(
                "-Pdist",
                "package",
                "-N",
                "-f",
                "codec/pom.xml",
                "-DskipTests",
                "-Dspotless.check.skip",
                "-Dcheckstyle.skip",
                "-Dmaven.javadoc.skip",
                "-s",
                settings(published),
                local());
        maven(copy, build.toArray(String[]::new)).assertExit(0);
        Files.writeString(source, code.replaceFirst("public static (\\w+ \\w+\\()", "static $1"));
        assertThat(source).content().isNotEqualTo(code);
        Run.Result changed = maven(copy, build.toArray(String[]::new));
        assertThat(changed.exit()).isNotZero();
        assertThat(changed.printed()).contains("incompatib", "Quirks");
    }

    /** The user's local repository spares downloads; nothing is written to it. */
    private String settings(Path published) throws IOException {
        Path local = Path.of(System.getProperty("user.home"), ".m2/repository");
        String repositories = """
                <repository><id>published</id><url>file:PUBLISHED</url></repository>
                <repository><id>known</id><url>file:KNOWN</url></repository>
                """.replace("PUBLISHED", published.toString()).replace("KNOWN", local.toString());
        Path file = folder.resolve("settings.xml");
        Files.writeString(
                file,
                "<settings><profiles><profile><id>p</id><repositories>" + repositories
                        + "</repositories><pluginRepositories>"
                        + repositories.replace("repository>", "pluginRepository>")
                        + "</pluginRepositories></profile></profiles>"
                        + "<activeProfiles><activeProfile>p</activeProfile></activeProfiles></settings>");
        return file.toString();
    }

    private String local() {
        return "-Dmaven.repo.local=" + folder.resolve("local");
    }

    /** Copies the repository without build output. */
    private Path copySources() throws IOException {
        Path copy = folder.resolve("copy");
        try (Stream<Path> all = Files.walk(Repository.ROOT)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Path relative = Repository.ROOT.relativize(path);
                boolean skipped = Stream.of("target", ".git")
                        .anyMatch(name ->
                                Stream.of(relative.toString().split("/")).anyMatch(name::equals));
                if (!skipped) {
                    Files.copy(path, copy.resolve(relative));
                }
            }
        }
        return copy;
    }
}

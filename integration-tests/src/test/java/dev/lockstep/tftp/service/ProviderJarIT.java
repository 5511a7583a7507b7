package dev.lockstep.tftp.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.harness.Repository;
import dev.lockstep.tftp.harness.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code bin/tftpd} with the provider that {@code docs/architecture.md} shows, as a jar of its own. */
@Timeout(120)
class ProviderJarIT {
    /** A file of the example: its name, and its text. */
    private static final Pattern FILE =
            Pattern.compile("\n`([\\w./-]+)`:\n\n<!-- run by ProviderJarIT -->\n```\\w*\n([^`]*)```");

    @TempDir
    private Path folder;

    @Test
    void the_documented_provider_is_found_in_a_jar_of_the_class_path_variable() throws IOException {
        Path table = Files.writeString(folder.resolve("hosts"), "192.0.2.7 /vmlinuz console=ttyS0\n");
        Path files = Files.createDirectory(folder.resolve("files"));
        Files.writeString(files.resolve("grub.cfg"), "for all others\n");
        Map<String, String> environment =
                Map.of("TFTPD_CLASSPATH", jarOfTheExample().toString(), "JAVA_OPTS", Repository.JAVA_OPTIONS);
        String root = "hosts:" + table;
        for (String client : List.of("192.0.2.7", "192.0.2.1")) {
            List<String> command = List.of(
                    "server/bin/tftpd",
                    "explain",
                    "--root",
                    root,
                    "--root",
                    files.toString(),
                    client,
                    "read",
                    "grub.cfg",
                    "tsize=0");
            try (Run explain = Run.start(Repository.ROOT, environment, command)) {
                Run.Result result = explain.await();
                assertThat(result.exit()).as(result.toString()).isZero();
                assertThat(result.output())
                        .contains(
                                client.endsWith("7")
                                        ? "file: " + root + "/grub.cfg\nsize: 34 bytes\n"
                                        : "root 1 of 2: file not found (" + root + "/grub.cfg, 192.0.2.1 is not in "
                                                + table + ")\nroot 2 of 2: " + files.toRealPath() + "\nfile: "
                                                + files.toRealPath() + "/grub.cfg\nsize: 15 bytes\n");
            }
        }
    }

    private Path jarOfTheExample() throws IOException {
        String page = Files.readString(Repository.ROOT.resolve("docs/architecture.md"));
        List<String> compile = new ArrayList<>(List.of("--release", "17", "-d", folder.toString()));
        compile.addAll(List.of(
                "-cp", Repository.ROOT.resolve("server/target/tftpd.jar").toString()));
        FILE.matcher(page).results().forEach(file -> {
            Path path = folder.resolve(file.group(1));
            write(path, file.group(2).strip() + "\n");
            if (path.toString().endsWith(".java")) {
                compile.add(path.toString());
            }
        });
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, compile.toArray(String[]::new)))
                .isZero();
        Path jar = folder.resolve("hosts-storage.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(path -> path.toString().matches(".*(\\.class|/services/.*)"))
                    .toList()) {
                out.putNextEntry(new JarEntry(folder.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
        return jar;
    }

    private static void write(Path path, String text) {
        try {
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

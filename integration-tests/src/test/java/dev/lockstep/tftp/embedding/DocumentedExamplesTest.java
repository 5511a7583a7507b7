package dev.lockstep.tftp.embedding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the README, which are these source files. Each of them is run. */
class ReadmeExamplesTest {
    private static final Path MODULE = Path.of(System.getProperty("user.dir"));
    private static final Path EXAMPLES = MODULE.resolve("src/test/java/dev/lockstep/tftp/embedding");

    @TempDir
    private Path served;

    @TempDir
    private Path fetched;

    @Test
    void the_readme_shows_the_examples_as_they_are_compiled() throws IOException {
        String readme = Files.readString(MODULE.resolveSibling("README.md"));
        for (String example : new String[] {"EmbeddedServerExample.java", "EmbeddedClientExample.java"}) {
            String source = Files.readString(EXAMPLES.resolve(example));
            String shown = source.substring(source.indexOf("// example\n") + "// example\n".length());
            assertThat(readme).contains("```java\n" + shown + "```");
        }
    }

    @Test
    void the_examples_transfer_a_file() throws IOException {
        byte[] content = "from here to there".repeat(1_000).getBytes(UTF_8);
        Files.write(served.resolve("boot.img"), content);
        PrintStream standardOutput = System.out;
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        System.setOut(new PrintStream(output, true, UTF_8));
        try {
            EmbeddedServerExample.serve(served, () -> fetchFrom(portIn(output.toString(UTF_8))));
        } finally {
            System.setOut(standardOutput);
        }
        assertThat(fetched.resolve("boot.img")).hasBinaryContent(content);
    }

    private static String portIn(String output) {
        return output.lines()
                .filter(line -> line.startsWith("Listening port "))
                .findFirst()
                .orElseThrow()
                .substring("Listening port ".length());
    }

    private void fetchFrom(String port) {
        try {
            EmbeddedClientExample.fetch("tftp://127.0.0.1:" + port + "/boot.img", fetched.resolve("boot.img"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

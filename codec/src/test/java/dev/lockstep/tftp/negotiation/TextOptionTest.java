package dev.lockstep.tftp.negotiation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adds the option with a text value of {@code docs/architecture.md} to the known options, and negotiates it. */
class TextOptionTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final String PROBE = """
            package dev.lockstep.tftp.negotiation;

            import dev.lockstep.tftp.codec.Options;
            import dev.lockstep.tftp.io.Source;

            public final class Probe implements java.util.concurrent.Callable<String> {
                @Override
                public String call() throws Exception {
                    return negotiated("x86-64") + ", " + negotiated("vax") + ", " + accepted("arm64");
                }

                private static Options negotiated(String value) throws Exception {
                    Options asked = Options.NONE.with("Arch", value).with("tsize", 0);
                    Options oack = Negotiation.answer(new Negotiation.Terms(
                                    asked, TransferLimits.DEFAULT, 0, false, 7))
                            .oack();
                    Negotiation.accept(asked, oack);
                    return oack;
                }

                private static String accepted(String value) {
                    try {
                        Negotiation.accept(Options.NONE.with("arch", "x86-64"), Options.NONE.with("arch", value));
                        return "accepted";
                    } catch (dev.lockstep.tftp.codec.TftpException refusal) {
                        return refusal.code() + " " + refusal.getMessage();
                    }
                }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void the_documented_option_with_a_text_value_is_granted_left_out_and_refused() throws Exception {
        Matcher example = Pattern.compile("```java\n(/\\*\\*[^`]*acceptInto[^`]*)```")
                .matcher(Files.readString(ROOT.resolve("docs/architecture.md")));
        assertThat(example.find()).isTrue();
        String known =
                Files.readString(ROOT.resolve("codec/src/main/java/dev/lockstep/tftp/negotiation/KnownOption.java"));
        String first = "public enum KnownOption {\n";
        assertThat(known).contains(first);
        Path option =
                Files.writeString(folder.resolve("KnownOption.java"), known.replace(first, first + example.group(1)));
        Path probe = Files.writeString(folder.resolve("Probe.java"), PROBE);
        URL built = KnownOption.class.getProtectionDomain().getCodeSource().getLocation();
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-cp",
                        new File(built.toURI()).toString(),
                        "-d",
                        folder.toString(),
                        option.toString(),
                        probe.toString());
        assertThat(failed).isZero();
        URL[] classes = {folder.toUri().toURL(), built};
        try (URLClassLoader loader = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader())) {
            Object run = loader.loadClass("dev.lockstep.tftp.negotiation.Probe")
                    .getConstructor()
                    .newInstance();
            assertThat(((Callable<?>) run).call())
                    .isEqualTo("Arch=x86-64 tsize=7, tsize=7, 8 option arch: arm64 (expected: x86-64)");
        }
    }
}

package dev.lockstep.tftp.negotiation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Adds the options of {@code docs/architecture.md} to the known options, and negotiates them. The checksum needs the
 * components in the terms and the settings, which the test adds as well.
 */
class DocumentedOptionsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final String PROBE = """
            package dev.lockstep.tftp.negotiation;

            import dev.lockstep.tftp.codec.Options;
            import dev.lockstep.tftp.codec.TftpException;
            import dev.lockstep.tftp.codec.TftpMessage.ReadRequest;
            import dev.lockstep.tftp.codec.TransferMode;
            import dev.lockstep.tftp.io.MemorySource;
            import java.util.List;
            import java.util.concurrent.Callable;

            public final class Probe implements Callable<List<String>> {
                @Override
                public List<String> call() throws Exception {
                    return List.of(
                            negotiated("Arch=x86-64 tsize=0"),
                            negotiated("Arch=vax tsize=0"),
                            accepted("arch=x86-64", "arch=arm64"),
                            negotiated("crc32=0"),
                            negotiated("crc32=1 tsize=0"),
                            accepted("crc32=0", "crc32=4294967296"));
                }

                private static Options options(String text) {
                    Options options = Options.NONE;
                    for (String pair : text.split(" ")) {
                        options = options.with(pair.split("=")[0], pair.split("=")[1]);
                    }
                    return options;
                }

                private static String negotiated(String text) throws Exception {
                    ReadRequest request = new ReadRequest("f", TransferMode.OCTET, options(text));
                    Options oack = Negotiation.answer(Negotiation.Terms.of(
                                    request, TransferLimits.DEFAULT, Quirks.NONE, new MemorySource(new byte[7])))
                            .oack();
                    TransferSettings settings = Negotiation.accept(request.options(), oack);
                    return oack + (settings.crc32() == null ? "" : ", accepted " + settings.crc32().getAsLong());
                }

                private static String accepted(String asked, String oack) {
                    try {
                        return Negotiation.accept(options(asked), options(oack)).toString();
                    } catch (TftpException refusal) {
                        return refusal.code() + " " + refusal.getMessage();
                    }
                }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void the_documented_options_are_granted_left_out_and_refused() throws Exception {
        String options = Pattern.compile("<!-- run by DocumentedOptionsTest -->\n```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("docs/architecture.md")))
                .results()
                .map(example -> example.group(1))
                .collect(Collectors.joining());
        String crc32 = "java.util.OptionalLong crc32";
        compile(
                changed("KnownOption", "enum KnownOption {\n", "enum KnownOption {\n" + options),
                changed(
                        "Negotiation",
                        "record Terms(",
                        "record Terms(" + crc32 + ", ",
                        "new Terms(",
                        "new Terms(java.util.OptionalLong.of(42), "),
                changed(
                        "TransferSettings",
                        "record TransferSettings(",
                        "record TransferSettings(" + crc32 + ", ",
                        "new TransferSettings(",
                        "new TransferSettings(crc32, ",
                        "private Builder() {}",
                        "private " + crc32 + "; void crc32(" + crc32
                                + ") { this.crc32 = crc32; } private Builder() {}"),
                Files.writeString(folder.resolve("Probe.java"), PROBE));
        URL[] classes = {folder.toUri().toURL(), built()};
        try (URLClassLoader loader = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader())) {
            Object probe = loader.loadClass("dev.lockstep.tftp.negotiation.Probe")
                    .getConstructor()
                    .newInstance();
            assertThat(((Callable<?>) probe).call())
                    .isEqualTo(List.of(
                            "Arch=x86-64 tsize=7",
                            "tsize=7",
                            "8 option arch: arm64 (expected: x86-64)",
                            "crc32=42, accepted 42",
                            "tsize=7",
                            "8 option crc32: 4294967296 (expected: 0 to 4294967295)"));
        }
    }

    /** Returns a copy of a class of the package with texts replaced, each of them followed by its replacement. */
    private Path changed(String type, String... replacements) throws IOException {
        String text =
                Files.readString(ROOT.resolve("codec/src/main/java/dev/lockstep/tftp/negotiation/" + type + ".java"));
        for (int i = 0; i < replacements.length; i += 2) {
            assertThat(text).contains(replacements[i]);
            text = text.replace(replacements[i], replacements[i + 1]);
        }
        return Files.writeString(folder.resolve(type + ".java"), text);
    }

    private void compile(Path... files) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("-cp", new File(built().toURI()).toString(), "-d", folder.toString()));
        Stream.of(files).map(Path::toString).forEach(arguments::add);
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        int failed =
                ToolProvider.getSystemJavaCompiler().run(null, messages, messages, arguments.toArray(String[]::new));
        assertThat(failed).as(messages.toString()).isZero();
    }

    private static URL built() {
        return KnownOption.class.getProtectionDomain().getCodeSource().getLocation();
    }
}

package dev.lockstep.tftp.fuzz;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs every kept input, seeds and findings, in every build. */
class CorpusTest {
    private static final Path CORPUS = Path.of("src/fuzz/corpus");

    /** A fuzz target as Jazzer calls it. */
    private interface Target {
        void run(byte[] input) throws Exception;
    }

    @TestFactory
    Stream<DynamicTest> any_datagram_is_a_message_or_malformed() {
        return each("DecoderFuzzer", DecoderFuzzer::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> any_options_end_in_settings_or_a_refusal() {
        return each("NegotiationFuzzer", NegotiationFuzzer::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> any_name_stays_in_the_root() {
        return each("PathFuzzer", PathFuzzer::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> any_conversation_ends() {
        return each("TransferFuzzer", TransferFuzzer::fuzzerTestOneInput);
    }

    @TestFactory
    Stream<DynamicTest> any_clients_leave_a_server_as_it_was() {
        return each("ServerFuzzer", ServerFuzzer::fuzzerTestOneInput);
    }

    /** Returns a test for each file of a corpus, which runs the input whole and truncated after each byte. */
    private static Stream<DynamicTest> each(String corpus, Target target) {
        return files(corpus).stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    byte[] input = Files.readAllBytes(file);
                    for (int length = 0; length <= input.length; length++) {
                        byte[] cut = java.util.Arrays.copyOf(input, length);
                        assertThatCode(() -> target.run(cut))
                                .as("the first %d bytes", length)
                                .doesNotThrowAnyException();
                    }
                }));
    }

    private static List<Path> files(String corpus) {
        try (Stream<Path> files = Files.list(CORPUS.resolve(corpus))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.lockstep.tftp.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.tftp.codec.TransferMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GetCommandTest {
    @TempDir
    private Path folder;

    private static GetCommand get(String... arguments) {
        return CommandLine.populateCommand(new GetCommand(), arguments);
    }

    @Test
    void two_files_with_one_target_are_rejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> get("tftp://h/a/f", "tftp://h/b/f").jobs(TransferMode.OCTET, null))
                .withMessage("tftp://h/b/f: f is the target of another file too (expected: one file for each target)");
    }

    @Test
    void a_target_that_is_a_link_to_another_target_is_rejected() throws IOException {
        Files.createFile(folder.resolve("one"));
        Files.createSymbolicLink(folder.resolve("two"), Path.of("one"));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        get("tftp://h/one", "tftp://h/two", "-o", folder + "/").jobs(TransferMode.OCTET, null))
                .withMessageContaining("/two is the target of another file too");
    }

    @Test
    void each_file_with_its_own_target_is_a_job() {
        assertThat(get("tftp://h/a", "tftp://i/b", "tftp://h/c").jobs(TransferMode.OCTET, null))
                .extracting(Batch.Job::local)
                .containsExactly("a", "b", "c");
    }
}

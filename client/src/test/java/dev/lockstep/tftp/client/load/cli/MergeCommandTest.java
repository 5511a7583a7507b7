package dev.lockstep.tftp.client.load.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.cli.TftpCommand;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeCommandTest {
    @Test
    void a_file_that_is_too_large_is_rejected_in_one_line(@TempDir Path folder) throws IOException {
        Path large = folder.resolve("large.json");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(1L << 32); // takes no space
        }
        PrintStream standardError = System.err;
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        System.setErr(new PrintStream(errors, true, UTF_8));
        try {
            assertThat(TftpCommand.execute("load", "merge", large.toString())).isEqualTo(2);
        } finally {
            System.setErr(standardError);
        }
        assertThat(errors.toString(UTF_8))
                .startsWith("tftp: " + large + ": more than 33554432 bytes (expected: written by --json of this");
    }
}

package dev.lockstep.tftp.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.io.FileSink;
import dev.lockstep.tftp.io.SecureDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ImpossibleNameTest {
    @TempDir
    private Path folder;

    /** A name that cannot be sent is refused or fails the request. Every future is completed, and no file is left. */
    @Test
    void a_name_with_a_nul_fails_and_leaves_nothing_behind() throws IOException {
        try (TftpClient client = TftpClient.builder().build()) {
            FileSink sink = new FileSink(SecureDirectory.open(folder), "out", true);
            assertThatThrownBy(() -> client.getAsync(
                                    TransferRequest.of(
                                            RemoteFile.parse("tftp://127.0.0.1:9/a%00b", TransferMode.OCTET)),
                                    sink)
                            .get(5, TimeUnit.SECONDS))
                    .isInstanceOfAny(ExecutionException.class, IllegalArgumentException.class);
            sink.close();
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }
}

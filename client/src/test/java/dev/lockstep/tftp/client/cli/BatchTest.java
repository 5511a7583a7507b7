package dev.lockstep.tftp.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TransferMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class BatchTest {
    private final List<String> started = new ArrayList<>();

    /** Returns a get of a file that fails. Passes the file name to {@code whenStarted} before. */
    private static Batch.Job failing(String local, Consumer<String> whenStarted) {
        RemoteFile remote = new RemoteFile("192.0.2.1", 69, local, TransferMode.OCTET);
        return new Batch.Job("get", local, remote, (client, request) -> {
            whenStarted.accept(local);
            return CompletableFuture.failedFuture(new TftpException(ErrorCode.NOT_DEFINED, "closed"));
        });
    }

    @Test
    void after_a_stop_no_waiting_transfer_is_started() throws InterruptedException {
        Batch batch =
                new Batch(null, new Report(false, false, false, System.out), TransferProgressBar.start(false, 2), 2);
        Consumer<String> stopAtSecond = name -> {
            started.add(name);
            if (started.size() == 2) {
                batch.stop();
            }
        };
        assertThat(batch.run(List.of("a", "b", "c", "d", "e").stream()
                        .map(name -> failing(name, stopAtSecond))
                        .toList()))
                .isEqualTo(1);
        assertThat(started).containsExactly("a", "b");
    }
}

package dev.lockstep.tftp.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.client.TransferResult;
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

    /** A get of a file that fails. Passes the file name to {@code whenStarted} before. */
    private record Failing(String local, Consumer<String> whenStarted) implements Batch.Job {
        @Override
        public String operation() {
            return "get";
        }

        @Override
        public RemoteFile remote() {
            return new RemoteFile("192.0.2.1", 69, local, TransferMode.OCTET);
        }

        @Override
        public CompletableFuture<TransferResult> start(TftpClient client, TransferRequest request) {
            whenStarted.accept(local);
            return CompletableFuture.failedFuture(new TftpException(ErrorCode.NOT_DEFINED, "closed"));
        }
    }

    @Test
    void after_a_stop_no_waiting_transfer_is_started() throws InterruptedException {
        Batch batch = new Batch(null, new Report(false, false, false, System.out), TransferProgressBar.start(false), 2);
        Consumer<String> stopAtSecond = name -> {
            started.add(name);
            if (started.size() == 2) {
                batch.stop();
            }
        };
        assertThat(batch.run(List.of("a", "b", "c", "d", "e").stream()
                        .map(name -> new Failing(name, stopAtSecond))
                        .toList()))
                .isEqualTo(1);
        assertThat(started).containsExactly("a", "b");
    }
}

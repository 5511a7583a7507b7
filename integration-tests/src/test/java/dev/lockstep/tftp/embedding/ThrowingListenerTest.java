package dev.lockstep.tftp.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.client.TransferRequest;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.event.TransferEvent;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.io.FileSink;
import dev.lockstep.tftp.io.SecureDirectory;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.storage.MemoryStorage;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A listener that throws affects no transfer, as {@link TransferListener} promises. */
@Timeout(60)
class ThrowingListenerTest {
    private static final TransferListener BROKEN = event -> {
        throw new IllegalStateException("a broken listener");
    };

    @TempDir
    private Path folder;

    @Test
    void a_server_with_a_throwing_listener_still_replies_and_ends_its_transfers() throws IOException {
        try (TftpServer server = serverWith(BROKEN);
                TftpClient client = TftpClient.builder().build()) {
            assertThatThrownBy(() -> client.getAsync(TransferRequest.of(missingOn(server)), sink())
                            .get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            TftpException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(1));
            server.stop(Duration.ofSeconds(5)); // returns as soon as no transfer runs
            assertThat(server.runningTransfers()).isZero();
        }
    }

    @Test
    void a_server_whose_listener_throws_on_a_refusal_closes_the_transfer() throws IOException {
        TransferListener onRefusal = event -> {
            if (event instanceof TransferEvent.Refused) {
                throw new IllegalStateException("a broken listener");
            }
        };
        try (TftpServer server = serverWith(onRefusal);
                TftpClient client = TftpClient.builder().build()) {
            assertThatThrownBy(() -> client.getAsync(TransferRequest.of(missingOn(server)), sink())
                            .get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class);
            server.stop(Duration.ofSeconds(5)); // returns as soon as no transfer runs
            assertThat(server.runningTransfers()).isZero();
        }
    }

    @Test
    void a_client_with_a_throwing_listener_completes_its_futures() throws IOException {
        try (TftpServer server = serverWith(TransferListener.NONE);
                TftpClient client = TftpClient.builder().listener(BROKEN).build()) {
            assertThatThrownBy(() -> client.getAsync(TransferRequest.of(missingOn(server)), sink())
                            .get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class);
        }
    }

    private static TftpServer serverWith(TransferListener listener) throws IOException {
        return TftpServer.builder()
                .storage(new MemoryStorage(1 << 20, WriteRules.ANY_FILE))
                .listen(new InetSocketAddress("127.0.0.1", 0))
                .listener(listener)
                .start();
    }

    private static RemoteFile missingOn(TftpServer server) {
        return RemoteFile.parse("tftp://127.0.0.1:" + server.port() + "/missing", TransferMode.OCTET);
    }

    private FileSink sink() throws IOException {
        return new FileSink(SecureDirectory.open(folder), "out", true);
    }
}

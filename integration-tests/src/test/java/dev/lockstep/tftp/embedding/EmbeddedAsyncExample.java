package dev.lockstep.tftp.embedding;

// example
import dev.lockstep.tftp.client.TftpClient;
import dev.lockstep.tftp.event.TransferEvent.Progressed;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

class EmbeddedAsyncExample {
    static CompletableFuture<byte[]> storeAndRead(TftpClient client, byte[] content, URI remote) {
        return client.putAsync(content, remote, event -> {
                    if (event instanceof Progressed progress) {
                        System.out.println(progress.stats().bytes() + " bytes sent");
                    }
                })
                .orTimeout(60, TimeUnit.SECONDS) // ends the transfer, too
                .thenCompose(stored -> client.getAsync(remote));
    }
}

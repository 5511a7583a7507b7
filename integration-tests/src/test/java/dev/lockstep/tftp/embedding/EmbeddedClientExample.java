package dev.lockstep.tftp.embedding;

// example
import dev.lockstep.tftp.client.TftpClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

class EmbeddedClientExample {
    static void fetch(String uri, Path file) throws IOException {
        try (TftpClient client = TftpClient.builder().build()) {
            client.get(URI.create(uri), file);
        }
    }
}

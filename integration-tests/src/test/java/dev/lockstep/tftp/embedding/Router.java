package dev.lockstep.tftp.embedding;

// example
import dev.lockstep.tftp.client.TftpClient;
import java.io.IOException;
import java.net.URI;

class Router {
    private byte[] configuration;

    void boot(URI startup) throws IOException {
        try (TftpClient client = TftpClient.builder().build()) {
            configuration = client.get(startup);
        }
    }

    void saveTo(URI remote) throws IOException {
        try (TftpClient client = TftpClient.builder().build()) {
            client.put(configuration, remote);
        }
    }
}
